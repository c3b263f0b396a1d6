import type { Code } from '../catalogue/codes.ts'
import type { Schema, SchemaType } from '../catalogue/schema.ts'

/** What can be said of one field, by its path from the top: `items[].price_data.currency`. */
export interface FlatField {
  /** `string`, `enum`, `Customer id`, `boolean or null`. */
  kind: string
  isRequired: boolean
  isDeprecated: boolean
  values: readonly string[]
}

const deepest = 6

/** The fields of a type and of everything in it that has no identity of its own, by path. */
export function flatten(schema: Schema, type: SchemaType, prefix = '', depth = 0): Map<string, FlatField> {
  const fields = new Map<string, FlatField>()
  for (const { name, isOptional, code } of type.fields) {
    const path = prefix + name
    fields.set(path, {
      kind: describe(schema, code),
      isRequired: !isOptional,
      isDeprecated: code.isDeprecated,
      values: valuesOf(code),
    })
    if (depth < deepest) for (const [inner, field] of within(schema, code, path, depth)) fields.set(inner, field)
  }
  return fields
}

function* within(schema: Schema, code: Code, path: string, depth: number): Generator<[string, FlatField]> {
  if (code.of) {
    const suffix = code.kind === 'array' ? '[]' : code.kind === 'map' ? '{}' : ''
    yield* code.kind === 'list' || code.kind === 'search' ? [] : within(schema, code.of, path + suffix, depth)
    return
  }
  for (const part of code.either ?? []) yield* within(schema, part, path, depth)
  if (code.kind !== 'object') return
  for (const name of code.types ?? []) {
    const type = schema.type(name)
    if (type && type.object === undefined) yield* flatten(schema, type, `${path}.`, depth + 1)
  }
}

function describe(schema: Schema, code: Code): string {
  const nullable = code.isNullable ? ' or null' : ''
  if (code.kind === 'array' || code.kind === 'map' || code.kind === 'list')
    return `${code.kind} of ${code.of ? describe(schema, code.of) : 'anything'}${nullable}`
  if (code.kind === 'union') return (code.either ?? []).map((part) => describe(schema, part)).join(' or ') + nullable
  if (code.kind === 'expandable' || code.kind === 'object') {
    const objects = (code.types ?? []).map((name) => schema.type(name)?.object).filter((name) => name !== undefined)
    if (objects.length > 0) return objects.join(' or ') + (code.kind === 'expandable' ? ' id' : '') + nullable
  }
  return code.kind + nullable
}

const valuesOf = (code: Code): readonly string[] => [
  ...(code.values ?? []),
  ...(code.of ? valuesOf(code.of) : []),
  ...(code.either ?? []).flatMap(valuesOf),
]

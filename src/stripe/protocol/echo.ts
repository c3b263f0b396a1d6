import type { Code } from '../catalogue/codes.ts'
import type { Schema, SchemaType } from '../catalogue/schema.ts'
import type { Json } from './shape.ts'

const scalarKinds = new Set(['string', 'integer', 'float', 'timestamp', 'boolean', 'decimal', 'literal', 'enum'])

/**
 * The fields that parameters set by having their names, at any depth, as far as the types agree. Lists are never set this way:
 * their items are objects of their own.
 */
export function echo(schema: Schema, type: SchemaType, params: Readonly<Json>): Json {
  const fields: Json = {}
  for (const name in params) {
    const field = type.byName.get(name)
    if (!field || name === 'object' || name === 'metadata' || name === 'deleted') continue
    const value = project(schema, field.code, params[name], field.isOptional)
    if (value !== undefined) fields[name] = value
  }
  return fields
}

/** The part of a value that fits a code; undefined when nothing does. */
function project(schema: Schema, code: Code, value: unknown, isOptional = false): unknown {
  if (value === null) return code.isNullable || isOptional ? null : undefined
  if (code.kind === 'union') {
    for (const part of code.either!) {
      const projected = project(schema, part, value)
      if (projected !== undefined) return projected
    }
    return undefined
  }
  if (Array.isArray(value)) return projectItems(schema, code, value)
  if (typeof value === 'object') return projectObject(schema, code, value as Json)
  if (code.kind === 'expandable') return typeof value === 'string' ? value : undefined
  return scalarKinds.has(code.kind) && isOfKind(code.kind, value) ? value : undefined
}

function isOfKind(kind: string, value: unknown): boolean {
  if (kind === 'boolean') return typeof value === 'boolean'
  if (kind === 'integer' || kind === 'timestamp' || kind === 'float') return typeof value === 'number'
  return kind === 'literal' || kind === 'enum' || typeof value === 'string'
}

function projectItems(schema: Schema, code: Code, items: unknown[]): unknown {
  if (code.kind !== 'array') return undefined
  const projected = items.map((item) => project(schema, code.of!, item))
  return projected.includes(undefined) ? undefined : projected
}

function projectObject(schema: Schema, code: Code, value: Json): unknown {
  if (code.kind === 'any') return value
  if (code.kind === 'metadata') return value
  if (code.kind === 'map') return projectMap(schema, code, value)
  if (code.kind !== 'object') return undefined
  const type = schema.type(code.types![0]!)
  return type && !type.object ? echo(schema, type, value) : undefined
}

function projectMap(schema: Schema, code: Code, value: Json): Json {
  const projected: Json = {}
  for (const [key, item] of Object.entries(value)) {
    const fitting = project(schema, code.of!, item)
    if (fitting !== undefined) projected[key] = fitting
  }
  return projected
}

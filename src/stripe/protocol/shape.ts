import type { Code } from '../catalogue/codes.ts'
import type { Field, Schema, SchemaType } from '../catalogue/schema.ts'
import { planOf } from './object-plan.ts'
import { defaultText, preferredValue } from './samples.ts'

export type Json = Record<string, unknown>

/** What filling an object needs to know of the world. */
export interface FillWorld {
  /** Epoch seconds. */
  now: number
  newId(object: string): string
  newSecret(length: number): string
}

/** Required types that contain themselves end here. */
const maximumDepth = 8

/**
 * A whole object of a type from its decided fields: required fields always, required nullable ones as null, optional ones only
 * when given. Fields that the type does not have are kept at the end, so that checking the answer finds them.
 */
export const fill = (schema: Schema, type: SchemaType, given: Json, world: FillWorld, depth = 0): Json =>
  fillOver(schema, type, nothing, given, world, depth)

const nothing: Json = {}

/** As `fill`, from what is there (`base`) with what is new (`over`) laid over it, as far as that is not undefined. */
export function fillOver(schema: Schema, type: SchemaType, base: Json, over: Json, world: FillWorld, depth = 0): Json {
  const { build, fields } = planOf(type)
  const values = new Array<unknown>(fields.length)
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at]!
    const given = over[field.name]
    const value = given === undefined ? base[field.name] : given
    values[at] = fillField(schema, type, field, value, over.id === undefined ? base : over, world, depth)
  }
  const object = build(values)
  keepUnknown(type, base, object)
  keepUnknown(type, over, object)
  return object
}

function keepUnknown(type: SchemaType, given: Json, object: Json): void {
  for (const name in given) if (!type.byName.has(name) && given[name] !== undefined) object[name] = given[name]
}

/** Only the given fields, each with its type's shape: what is laid over an object that is whole already. */
export function fillGiven(schema: Schema, type: SchemaType, given: Json, world: FillWorld): Json {
  const fields: Json = {}
  for (const name in given) {
    const field = type.byName.get(name)
    fields[name] = field ? fillField(schema, type, field, given[name], given, world, 0) : given[name]
  }
  return fields
}

function fillField(
  schema: Schema,
  type: SchemaType,
  field: Field,
  value: unknown,
  given: Json,
  world: FillWorld,
  depth: number,
): unknown {
  if (value === undefined) {
    if (field.isOptional) return undefined
    if (field.name === 'id' && type.object) return world.newId(type.object)
    return emptyValue(schema, field, given, world, depth)
  }
  if (value === null) {
    if (field.code.isNullable || field.isOptional) return null
    return emptyValue(schema, field, given, world, depth)
  }
  return typeof value === 'object' ? fillValue(schema, field.code, value, world, depth) : value
}

/** Gives nested objects their type's shape too; scalars are taken as they are. */
export function fillValue(schema: Schema, code: Code, value: unknown, world: FillWorld, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (code.kind === 'union') return fillValue(schema, pickAlternative(schema, code, value), value, world, depth)
  if (code.kind === 'array')
    return Array.isArray(value) ? value.map((item) => fillValue(schema, code.of!, item, world, depth + 1)) : value
  if (code.kind === 'list') return fillList(schema, code, value, world, depth)
  if (Array.isArray(value)) return value
  if (code.kind === 'map') return mapValues(value, (item) => fillValue(schema, code.of!, item, world, depth + 1))
  if (code.kind === 'partial') return value
  const type = pickType(schema, code, value as Json)
  return type ? fill(schema, type, value as Json, world, depth + 1) : value
}

function fillList(schema: Schema, code: Code, value: object, world: FillWorld, depth: number): Json {
  const given: Json = Array.isArray(value) ? { data: value } : (value as Json)
  const items = Array.isArray(given.data) ? given.data : []
  const data = items.map((item) => fillValue(schema, code.of!, item, world, depth + 1))
  return { object: 'list', data, has_more: given.has_more ?? false, url: given.url ?? '', ...total(given) }
}

const total = (given: Json): Json => (given.total_count === undefined ? {} : { total_count: given.total_count })

function mapValues(value: object, each: (item: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, each(item)]))
}

/** Of several types the one whose `object` is the value's, else the one that knows most of its fields. */
function pickType(schema: Schema, code: Code, value: Json): SchemaType | undefined {
  const names = code.types ?? []
  if (names.length < 2) return names[0] === undefined ? undefined : schema.type(names[0])
  const types = names.flatMap((name) => schema.type(name) ?? [])
  const exact = types.find((type) => type.object !== undefined && type.object === value.object)
  return exact ?? mostKnown(types, value)
}

function mostKnown(types: SchemaType[], value: Json): SchemaType | undefined {
  const known = (type: SchemaType): number => Object.keys(value).filter((key) => type.byName.has(key)).length
  return types.reduce<SchemaType | undefined>(
    (best, type) => (best === undefined || known(type) > known(best) ? type : best),
    undefined,
  )
}

function pickAlternative(schema: Schema, code: Code, value: object): Code {
  const alternatives = code.either ?? []
  const wanted = Array.isArray(value) ? ['array', 'list'] : ['object', 'expandable', 'map', 'list', 'metadata']
  const fitting = alternatives.filter((part) => wanted.includes(part.kind))
  if (fitting.length < 2 || Array.isArray(value)) return fitting[0] ?? alternatives[0]!
  const type = pickType(schema, { ...code, types: fitting.flatMap((part) => part.types ?? []) }, value as Json)
  return fitting.find((part) => type && part.types?.includes(type.name)) ?? fitting[0]!
}

/** What a required field holds when nobody decided it. */
function emptyValue(schema: Schema, field: Field, given: Json, world: FillWorld, depth: number): unknown {
  if (field.code.isNullable) return null
  return emptyOf(schema, field.code, field.name, given, world, depth)
}

function emptyOf(schema: Schema, code: Code, name: string, given: Json, world: FillWorld, depth: number): unknown {
  switch (code.kind) {
    case 'literal':
      return literalValue(code.values![0]!)
    case 'enum':
      return preferredValue(code.values!)
    case 'string':
      return defaultText(name, given, world)
    case 'integer':
    case 'float':
      return 0
    case 'timestamp':
      return world.now
    case 'decimal':
      return '0'
    case 'boolean':
      return false
    case 'array':
      return []
    case 'map':
    case 'metadata':
    case 'partial':
    case 'any':
      return {}
    case 'list':
      return { object: 'list', data: [], has_more: false, url: '' }
    case 'union':
      return emptyOf(schema, code.either![0]!, name, given, world, depth)
    case 'expandable': {
      const object = schema.type(code.types![0]!)?.object
      return object ? world.newId(object) : ''
    }
    case 'object': {
      const type = schema.type(code.types![0]!)
      return type && depth < maximumDepth ? fill(schema, type, {}, world, depth + 1) : {}
    }
    default:
      return undefined
  }
}

/** Literals other than words are booleans. */
export const literalValue = (text: string): string | boolean =>
  text === 'true' || text === 'false' ? text === 'true' : text

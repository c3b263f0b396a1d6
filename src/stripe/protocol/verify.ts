import type { Code } from '../catalogue/codes.ts'
import type { Schema, SchemaType } from '../catalogue/schema.ts'

/** Where a value is not what its code says: `charge.amount: string is not integer`. Empty when all fits. */
export function misfits(schema: Schema, code: Code, value: unknown, at: string): string[] {
  if (value === null) return code.isNullable || code.kind === 'any' ? [] : [`${at}: null is not ${code.kind}`]
  switch (code.kind) {
    case 'any':
    case 'bytes':
    case 'void':
      return []
    case 'union':
      return leastOf(code.either!.map((part) => misfits(schema, part, value, at)))
    case 'expandable':
      return typeof value === 'string' ? [] : objectMisfits(schema, code, value, at)
    case 'object':
      return objectMisfits(schema, code, value, at)
    case 'array':
      return Array.isArray(value) ? itemMisfits(schema, code.of!, value, at) : wrong(code, value, at)
    case 'list':
    case 'search':
      return listMisfits(schema, code, value, at)
    case 'map':
      return isObject(value) ? itemMisfits(schema, code.of!, Object.values(value), at) : wrong(code, value, at)
    case 'metadata':
      return isObject(value) && Object.values(value).every((item) => typeof item === 'string')
        ? []
        : wrong(code, value, at)
    case 'partial':
      return isObject(value) ? [] : wrong(code, value, at)
    default:
      return isScalar(code, value) ? [] : wrong(code, value, at)
  }
}

/** What is missing, of the wrong type or unknown in an object of a type. */
export function typeMisfits(schema: Schema, type: SchemaType, value: Record<string, unknown>, at: string): string[] {
  const found: string[] = []
  for (const { name, isOptional, code } of type.fields) {
    const field = value[name]
    if (field !== undefined) {
      if (!(field === null && isOptional)) found.push(...misfits(schema, code, field, `${at}.${name}`))
    } else if (!isOptional && code.kind !== 'void' && code.kind !== 'any') found.push(`${at}.${name}: missing`)
  }
  for (const name of Object.keys(value)) if (!type.byName.has(name)) found.push(`${at}.${name}: unknown`)
  return found
}

function objectMisfits(schema: Schema, code: Code, value: unknown, at: string): string[] {
  if (!isObject(value)) return wrong(code, value, at)
  const types = (code.types ?? []).flatMap((name) => schema.type(name) ?? [])
  return types.length === 0 ? [] : leastOf(types.map((type) => typeMisfits(schema, type, value, at)))
}

const itemMisfits = (schema: Schema, code: Code, items: unknown[], at: string): string[] =>
  items.flatMap((item, index) => misfits(schema, code, item, `${at}[${index}]`))

function listMisfits(schema: Schema, code: Code, value: unknown, at: string): string[] {
  if (!isObject(value) || !Array.isArray(value.data)) return wrong(code, value, at)
  return itemMisfits(schema, code.of!, value.data, `${at}.data`)
}

function isScalar(code: Code, value: unknown): boolean {
  switch (code.kind) {
    case 'string':
    case 'decimal':
      return typeof value === 'string'
    case 'integer':
    case 'timestamp':
      return Number.isInteger(value)
    case 'float':
      return typeof value === 'number'
    case 'boolean':
      return typeof value === 'boolean'
    case 'literal':
      return String(value) === code.values![0]
    case 'enum':
      return (
        (typeof value === 'string' || typeof value === 'number') && (code.isOpen || code.values!.includes(`${value}`))
      )
    default:
      return false
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (code: Code, value: unknown, at: string): string[] => [
  `${at}: ${Array.isArray(value) ? 'array' : typeof value} is not ${code.kind}`,
]

const leastOf = (candidates: string[][]): string[] =>
  candidates.reduce((best, found) => (found.length < best.length ? found : best))

import { Stripe } from 'stripe'
import type { Code } from '../../src/stripe/catalogue/codes.ts'
import type { Schema, SchemaType } from '../../src/stripe/catalogue/schema.ts'

/** The least that a type of parameters takes, as the SDK wants it: required fields only, values that fit. */
export function minimalParams(schema: Schema, type: SchemaType, depth = 0): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const { name, isOptional, code } of type.fields)
    if (!isOptional && depth < 6) params[name] = minimalValue(schema, code, name, depth)
  // A form cannot say that an object is there and empty.
  const [first] = type.fields
  if (depth > 0 && first && Object.keys(params).length === 0)
    params[first.name] = minimalValue(schema, first.code, first.name, depth + 1)
  return params
}

function minimalValue(schema: Schema, code: Code, name: string, depth: number): unknown {
  switch (code.kind) {
    case 'union':
      return minimalValue(schema, code.either![0]!, name, depth)
    case 'array':
      return [minimalValue(schema, code.of!, name, depth + 1)]
    case 'object':
      return minimalParams(schema, schema.type(code.types![0]!)!, depth + 1)
    case 'map':
    case 'metadata':
    case 'partial':
    case 'any':
      return { key: 'x' }
    case 'enum':
    case 'literal':
      return code.values![0] === 'true' ? true : code.values![0]
    case 'boolean':
      return true
    case 'decimal':
      return Stripe.Decimal.from('1')
    case 'bytes':
      return { data: Buffer.from('file'), name: 'a.txt', type: 'text/plain' }
    case 'string':
      return name === 'query' ? 'created>0' : 'x'
    default:
      return 1
  }
}

import { z } from 'zod'
import { contractSchema } from './schema.ts'

/** What an editor needs to complete and check contracts, made from the schema that reads them. */
export function contractJsonSchema(): object {
  const schema = z.toJSONSchema(contractSchema, { io: 'input', unrepresentable: 'any' })
  return { title: 'Contract of a payment backend', ...schema }
}

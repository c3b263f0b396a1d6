import { z } from 'zod'
import { jsonPathSchema as selector } from '../../kernel/json-path.ts'

/** How a record's hash is made, so that it can be made again. `audit.hash` and `audit.previous` say where the results are. */
export const chainSchema = z
  .strictObject({
    hash: z.enum(['sha256', 'sha384', 'sha512']).default('sha256'),
    over: z
      .array(z.union([selector, z.array(selector).min(1)]))
      .min(1)
      .describe('What is hashed: texts as they are, other values as JSON; a list within the list is one JSON array'),
    json: z
      .enum(['compact', 'spaced'])
      .default('compact')
      .describe('How JSON is written: without spaces, or with one behind each comma and colon as Python does'),
    join: z.string().max(8).default('\n').describe('What stands between these'),
  })
  .describe('How the hash of a record is made: the gate makes it again and compares')

export type Chain = z.output<typeof chainSchema>

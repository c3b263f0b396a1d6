import { z } from 'zod'
import { section } from './camel.ts'
import { requestSchema, texts } from './request.ts'
import { count, path } from './values.ts'

const customerSchema = section({
  webhook: path.optional().describe('Takes customer.created, signed with secret_env'),
  metadata: texts
    .default({ customer_id: '{customer}' })
    .describe('Metadata of the provider’s customer that says whose it is'),
  request: requestSchema.optional().describe('In place of the webhook: maps {customer} to {provider_customer}'),
}).refine(({ webhook, request }) => (webhook === undefined) !== (request === undefined), {
  error: 'expected one of webhook and request',
})

const headers = z.record(z.string(), z.string())

/** How usage gets into the backend and from there to the provider's meters. */
export const meteringSchema = section({
  headers: headers.default({}).describe('Sent with each of these requests: whose administrator asks'),
  config: requestSchema.describe('Stores the tenant’s provider key: {api_key}'),
  test: requestSchema.optional().describe('Asks whether the stored key works'),
  connected: z.string().default('connected').describe('A text that only the answer of a working test holds'),
  meter: requestSchema.describe('Maps {meter} to the provider’s meter {event_name}'),
  customer: customerSchema.describe('How {customer} gets its customer at the provider'),
  event: requestSchema.describe('One use: {id}, {customer}, {meter}, {type}, {quantity}, {at}'),
  sync: requestSchema.describe('Reports usage from {from} to {to}, the end not included: {customer}, {force}'),
  sync_meter: requestSchema.optional().describe('The same for one {meter} only'),
  other: section({
    headers: headers.describe('Of another tenant'),
    webhook: path.optional().describe('Its webhook, where customers come by one'),
  })
    .optional()
    .describe('Another tenant, which must not suffer from what happens to the first'),
  window_minutes: z.int().min(1).max(1_440).default(60).describe('Length of a window of aggregation'),
  batch_size: count.default(100).describe('How many events or groups are read at a time'),
  limit_days: count.default(7).describe('The longest range that a sync takes'),
})

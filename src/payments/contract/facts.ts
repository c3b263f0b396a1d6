import { z } from 'zod'
import { section } from './camel.ts'
import { meteringSchema } from './metering.ts'
import { requestSchema, texts } from './request.ts'
import { amount, count, currency, environment, path } from './values.ts'

const price = { pack_size: count.describe('Active grants that one purchase gives'), amount, currency }

const declaredFacts = section({
  purchase: section({ request: requestSchema.optional().describe('How a purchase is begun'), ...price }).optional(),
  metadata: texts.default({}).describe('The metadata of PaymentIntent, Session and Charge; custom_id in PayPal'),
  alternatives: z
    .array(section({ set: texts.describe('Merged over the body of the request and the metadata'), ...price }))
    .default([])
    .describe('Further things to buy'),
  subscription: section({ request: requestSchema.optional(), metadata: texts.default({}), ...price }).optional(),
  spend: section({
    request: requestSchema.describe('Uses up one of the goods of {payment}'),
    times: count.default(1).describe('How often it is sent'),
  })
    .optional()
    .describe('How goods are used up'),
  config: section({
    request: requestSchema.describe('Stores a provider key: {api_key}'),
    test: requestSchema.optional().describe('Asks whether the stored key works'),
    shown: path.optional().describe('Where the stored configuration is shown'),
    connected: z.string().default('connected').describe('A text that only the answer of a working test holds'),
  })
    .optional()
    .describe('How a provider key is kept in the data store'),
  catalogue: section({
    sync: requestSchema.describe('Takes over the provider’s products'),
    metadata: texts.default({ credit_amount: '100' }).describe('Metadata of a product that can be sold'),
    credits: z.string().default('credit_amount').describe('Which of them must be a positive whole number'),
  })
    .optional()
    .describe('How products are taken over from the provider'),
  notify: section({
    request: requestSchema,
    live_env: environment.optional().describe('Switches live mode on without a provider'),
  }).optional(),
  metering: meteringSchema.optional().describe('How usage is reported to the provider’s meters'),
})

/** What stands for the purchase of a backend that sells nothing; nobody buys there. */
const nothing = { packSize: 1, amount: 1, currency: 'usd', request: undefined }

export const factsSchema = declaredFacts
  .refine(({ purchase, metering }) => purchase !== undefined || metering !== undefined, {
    error: 'expected purchase or metering: what the backend does must be known',
  })
  .transform(({ purchase = nothing, ...facts }, _context) => ({ ...facts, purchase, sells: purchase !== nothing }))

export type Facts = z.output<typeof factsSchema>

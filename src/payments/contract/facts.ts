import { z } from 'zod'
import { section } from './camel.ts'
import { amount, count, currency, environment, path } from './values.ts'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
)

const body = z.record(z.string(), json, { error: 'expected the fields of a JSON object' })

/** Metadata as providers keep it: texts only. */
export const texts = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .transform((record) => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, String(value)])))

/** A request of the backend's own API; its body is sent as JSON after the placeholders in it were filled in. */
export const requestSchema = z
  .strictObject({
    POST: path.optional(),
    PUT: path.optional(),
    body: body.default({}),
    headers: z.record(z.string(), z.string()).default({}),
    idempotency_header: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/)
      .optional()
      .describe('The header that carries a key'),
  })
  .refine(({ POST, PUT }) => (POST === undefined) !== (PUT === undefined), {
    error: 'expected one of POST and PUT with the path',
  })
  .transform(({ POST, PUT, body, headers, idempotency_header: idempotencyHeader }) => ({
    method: POST === undefined ? ('PUT' as const) : ('POST' as const),
    path: (POST ?? PUT)!,
    body,
    headers,
    idempotencyHeader,
  }))

const price = { pack_size: count.describe('Active grants that one purchase gives'), amount, currency }

export const factsSchema = section({
  purchase: section({ request: requestSchema.optional().describe('How a purchase is begun'), ...price }),
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
})

export type Facts = z.output<typeof factsSchema>
export type Request = z.output<typeof requestSchema>

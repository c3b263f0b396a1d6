import { z } from 'zod'
import { section } from './camel.ts'
import { factsSchema } from './facts.ts'
import { observeSchema } from './observers.ts'
import { parseProxy } from './proxy.ts'
import { texts } from './request.ts'
import { command, environment, httpUrl, milliseconds, path, variableName } from './values.ts'

const switched = z.strictObject({ down: command, up: command })

const targetSchema = section({
  base_url: httpUrl.describe('Where the backend answers; loopback unless its host is in allow'),
  start: command
    .optional()
    .describe('Starts it, by sh -c in the folder of this file; without it nothing can be restarted'),
  env: environment.default({}),
  ready: path.optional().describe('Answers 2xx when the backend is ready; without it an open port is enough'),
  ready_db: path.optional().describe('Answers non-2xx while the data store is down'),
  ready_ms: milliseconds(600_000).default(60_000).describe('How long a start may take'),
  allow: z.array(z.string().min(1)).default([]).describe('Hosts beyond this machine that may be contacted'),
  replicas: z
    .array(httpUrl)
    .default([])
    .describe('Where further processes of the same backend answer, that start brings up on the same data store'),
  source: z
    .array(z.string().min(1))
    .default([])
    .describe('Files and folders of its source code, read for advice on what cannot be measured from outside'),
})

const clockSchema = z
  .union([z.literal('none'), z.strictObject({ env: environment })])
  .describe('Environment that puts its clock ahead by {seconds}: { env: { FAKETIME: "+{seconds}s" } }')

const controlSchema = section({
  restart: z.boolean().default(false).describe('The backend may be killed and started again'),
  clock: clockSchema.default('none'),
  db: switched.optional().describe('Commands that take the data store away and bring it back'),
  mail: switched.optional().describe('Commands that make sending mails fail and work again'),
  audit: switched.optional().describe('Commands that make writing the audit log, and it alone, fail and work again'),
  db_proxy: z
    .string()
    .refine((text) => parseProxy(text) !== undefined, { error: 'expected host:port->host:port' })
    .transform((text) => parseProxy(text)!)
    .optional()
    .describe('host:port->host:port: the gate listens on the first and passes on to the second'),
  production_env: environment.optional().describe('Turns production mode on'),
})

const stripeSchema = section({
  webhook: path,
  secret_env: variableName.describe('Variable that holds the signing secret'),
  secret_separator: z.string().min(1).max(8).optional().describe('Between several active secrets in that variable'),
  tolerance_s: z.int().min(1).max(86_400).default(300),
  api_base_env: variableName.optional().describe('Variable that holds scheme, host and port of the API, without /v1'),
  api_key_env: variableName.optional(),
  mode: z.enum(['test', 'live']).optional(),
  transport: z
    .enum(['http', 'lambda-proxy'])
    .default('http')
    .describe('lambda-proxy: the webhook is handed over as the event of an API gateway'),
  invoke: path
    .default('/2015-03-31/functions/function/invocations')
    .describe('With lambda-proxy: where the function is invoked'),
  tenants: z
    .array(section({ name: z.string(), webhook: path, secret_env: variableName, metadata: texts.default({}) }))
    .length(2)
    .optional()
    .describe('Two tenants with webhooks and secrets of their own; {tenant} in observers is the name'),
})

const stripeOfTenants = stripeSchema.refine(
  ({ tenants, webhook, secretEnv }) =>
    tenants?.[0] === undefined || (tenants[0].webhook === webhook && tenants[0].secretEnv === secretEnv),
  { path: ['tenants', 0], error: 'expected the first tenant to have the webhook and secret_env of this section' },
)

const paypalSchema = section({
  webhook: path,
  webhook_id_env: variableName,
  verify: z.enum(['postback', 'offline']).default('postback'),
  api_base_env: variableName,
  client_id_env: variableName.optional(),
  client_secret_env: variableName.optional(),
})

const policySchema = section({
  partial_refund: z.enum(['keep', 'revoke', 'prorate']).optional(),
  dispute_open: z.enum(['suspend', 'keep', 'revoke']).optional(),
  unknown_payment: z.enum(['ack', 'retry']).default('ack'),
  retry_until_known: z.boolean().default(false),
  spent_refund: z
    .enum(['clamp', 'negative'])
    .optional()
    .describe('A refund of goods that are partly used: the rest goes, or the balance falls below zero'),
  duplicate_identifier: z.enum(['delivered', 'failed']).default('delivered'),
  settle_ms: milliseconds(120_000).default(3_000).describe('An effect may appear this long after the answer'),
  ack_ms: milliseconds(60_000).default(5_000).describe('A webhook must be answered within'),
  body_ms: milliseconds(120_000).default(10_000).describe('A huge body must be answered within'),
})

export const contractSchema = section({
  $schema: z.string().optional(),
  version: z.literal(1, { error: 'expected 1, the version of this file format' }),
  target: targetSchema,
  control: controlSchema.prefault({}),
  providers: z
    .strictObject({ stripe: stripeOfTenants.optional(), paypal: paypalSchema.optional() })
    .refine(({ stripe, paypal }) => stripe !== undefined || paypal !== undefined, {
      error: 'expected stripe or paypal: without a webhook nothing can be delivered',
    }),
  facts: factsSchema,
  observe: observeSchema,
  policy: policySchema.prefault({}),
  skip: z
    .record(
      z.string().regex(/^[A-Z]\d{1,3}$/, { error: 'expected the id of a probe such as E8' }),
      z.string().trim().min(1),
    )
    .default({})
    .describe('Probes that do not apply, with the reason'),
})

export type ContractFile = z.output<typeof contractSchema>

/** A contract as read: its sections in camelCase, and where it stands. */
export interface Contract extends ContractFile {
  /** Absolute path of the file. */
  file: string
  /** Its folder: what relative paths and commands begin at. */
  dir: string
}

export type StripeContract = NonNullable<ContractFile['providers']['stripe']>
export type PaypalContract = NonNullable<ContractFile['providers']['paypal']>

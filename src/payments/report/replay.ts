import { z } from 'zod'
import { usageError } from '../../kernel/errors.ts'
import { bodyForms } from '../deliver/body.ts'
import { signings } from '../deliver/signing.ts'
import type { History } from '../history/define.ts'
import { paymentLabels, subscriptionLabels } from '../model/labels.ts'
import type { ProbeReport } from './define.ts'

const event = z.strictObject({
  subject: z.string(),
  event: z.enum([...paymentLabels, ...subscriptionLabels]),
  copy: z.int().min(1).max(100).optional(),
  replica: z.int().min(1).max(100).optional(),
})

const kills = {
  killAfterMs: z.int().min(0).max(60_000).optional(),
  killDuringMs: z.int().min(0).max(60_000).optional(),
}

const step = z.discriminatedUnion('do', [
  event.extend({
    ...kills,
    do: z.literal('deliver'),
    attempts: z.int().min(1).max(20).optional(),
    signing: z.enum(signings).optional(),
    body: z.enum(bodyForms).optional(),
    fault: z.enum(['db-down', 'mail-down', 'audit-down', 'provider-500', 'provider-429', 'provider-hang']).optional(),
  }),
  z.strictObject({ ...kills, do: z.literal('burst'), events: z.array(event).min(1).max(256) }),
  z.strictObject({ do: z.enum(['settle', 'kill', 'restart']) }),
])

const subject = z.strictObject({
  kind: z.enum(['payment', 'subscription']),
  provider: z.enum(['stripe', 'paypal']),
  alternative: z.int().min(0).optional(),
  charged: z.strictObject({ amount: z.int().optional(), currency: z.string().optional() }).optional(),
  metadata: z.record(z.string(), z.unknown()).nullable().optional(),
  livemode: z.boolean().optional(),
  invoiceShape: z.enum(['parent', 'legacy']).optional(),
  otherTenant: z.boolean().optional(),
  sameSecond: z.boolean().optional(),
})

const replaySchema = z.strictObject({
  schema: z.literal('payments-replay/1'),
  probe: z.string(),
  seed: z.int(),
  /** Absent where the probe did something that a history cannot say: then the probe itself is run again. */
  history: z
    .strictObject({ subjects: z.record(z.string(), subject), steps: z.array(step).min(1).max(1000) })
    .optional(),
})

export interface Replay {
  probe: string
  seed: number
  history?: History
}

export function renderReplay({ id, history }: ProbeReport, seed: number): string {
  const replay = { schema: 'payments-replay/1', probe: id, seed, ...(history && { history }) }
  return `${JSON.stringify(replay, null, 2)}\n`
}

/** Reads what `--replay` names; a usage error for anything else. */
export function parseReplay(text: string, file: string): Replay {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw usageError(`${file} is no JSON`, 'give a file that gatekit payments wrote beside its report')
  }
  const parsed = replaySchema.safeParse(value)
  if (parsed.success) return parsed.data as Replay
  const [issue] = parsed.error.issues
  throw usageError(`${file}: ${issue?.path.join('.')}: ${issue?.message}`, 'give a file that gatekit payments wrote')
}

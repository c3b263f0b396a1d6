import { z } from 'zod'
import type { Finding } from '../../kernel/record.ts'
import type { CheckContext } from '../define.ts'
import { type Delivery, deliver, deliverAtOnce, signatures, type Target } from './deliver.ts'
import type { EventDocument } from './event.ts'

const reject = z.literal('reject').optional()

export const deliverySchema = z
  .strictObject({
    sequential: z.int().min(1).max(100).default(1).describe('Deliveries one after another'),
    concurrent: z.int().min(2).max(64).optional().describe('First deliveries, all at the same moment'),
    unsigned: reject.describe('A delivery without a signature'),
    badSignature: reject.describe('One signed with another secret'),
    staleSignature: reject.describe('One signed an hour ago'),
    modeMismatch: z
      .enum(['reject', 'ignore'])
      .optional()
      .describe('One of the other mode, live for test: refused, or accepted without an effect'),
    rolledSecret: z.literal('accept').optional().describe('One with two signatures, the second of which fits'),
  })
  .prefault({})

type Wanted = z.output<typeof deliverySchema>

/** One event, and where and how it is delivered. */
export interface Rehearsal {
  event: EventDocument
  target: Target
  secret: string
}

/** Deliveries that must be refused, all of the event that is delivered afterwards: a refused one must not spoil the good one. */
export async function deliverForged(
  wanted: Wanted,
  { event, target, secret }: Rehearsal,
  context: Pick<CheckContext, 'clock' | 'progress'>,
): Promise<Delivery[]> {
  const now = () => context.clock.now() / 1000
  const body = JSON.stringify(event)
  const deliveries: Delivery[] = []
  for (const kind of ['unsigned', 'badSignature', 'staleSignature'] as const) {
    if (!wanted[kind]) continue
    context.progress(kind)
    deliveries.push(await deliver(kind, { body, signature: signatures[kind](body, secret, now()) }, target))
  }
  if (!wanted.modeMismatch) return deliveries
  const other = JSON.stringify({ ...event, livemode: !event['livemode'] })
  const signature = signatures.valid(other, secret, now())
  return [...deliveries, await deliver('modeMismatch', { body: other, signature }, target)]
}

/** Good deliveries: at once while the event is still unknown, then one after another. */
export async function deliverGenuine(
  wanted: Wanted,
  { event, target, secret }: Rehearsal,
  context: Pick<CheckContext, 'clock' | 'progress'>,
): Promise<Delivery[]> {
  const now = () => context.clock.now() / 1000
  const body = JSON.stringify(event)
  const deliveries: Delivery[] = []
  if (wanted.concurrent) {
    context.progress(`${wanted.concurrent} deliveries at once`)
    deliveries.push(
      ...(await deliverAtOnce(wanted.concurrent, { body, signature: signatures.valid(body, secret, now()) }, target)),
    )
  }
  for (let index = 0; index < wanted.sequential; index++) {
    deliveries.push(await deliver('sequential', { body, signature: signatures.valid(body, secret, now()) }, target))
  }
  if (!wanted.rolledSecret) return deliveries
  return [
    ...deliveries,
    await deliver('rolledSecret', { body, signature: signatures.rolledSecret(body, secret, now()) }, target),
  ]
}

const isRefusal = (status: number): boolean => status >= 400 && status < 500

/** Each must have been refused. */
export function judgeForged(deliveries: readonly Delivery[], modeMismatch: Wanted['modeMismatch']): Finding[] {
  return deliveries.flatMap(({ kind, status }) => {
    const mayAccept = kind === 'modeMismatch' && modeMismatch === 'ignore' && status < 300
    if (isRefusal(status) || mayAccept) return []
    return [{ subject: kind, expected: 'refused with a 4xx', actual: String(status) }]
  })
}

/** Each must have been acknowledged. */
export const judgeGenuine = (deliveries: readonly Delivery[], ack: readonly number[]): Finding[] =>
  deliveries
    .map(({ kind, status }, index) => ({
      subject: `${kind} delivery ${index + 1}`,
      expected: ack.join(' or '),
      actual: String(status),
    }))
    .filter(({ actual }) => !ack.includes(Number(actual)))

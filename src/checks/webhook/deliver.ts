import { randomBytes } from 'node:crypto'
import { signPayload } from '../../kernel/webhook-signature.ts'
import { clipped } from '../expect/shown.ts'
import { type Exchange, send } from '../network/exchange.ts'

/** One delivery as it is told in the evidence. */
export interface Delivery {
  kind: string
  status: number
  latencyMs: number
  answer: string
}

export interface Target {
  url: URL
  signal: AbortSignal
  offline: boolean
}

/** A signing secret that nobody uses. */
const strangeSecret = (): string => `whsec_${randomBytes(24).toString('base64url')}`

/** Older than any tolerance in use; Stripe's libraries allow 300 seconds. */
const staleSeconds = 3600

/** The `Stripe-Signature` of each kind of delivery; `now` in seconds. */
export const signatures = {
  valid: (body: string, secret: string, now: number) => signPayload(body, secret, now),
  staleSignature: (body: string, secret: string, now: number) => signPayload(body, secret, now - staleSeconds),
  badSignature: (body: string, _: string, now: number) => signPayload(body, strangeSecret(), now),
  /** While a secret is rolled Stripe signs with both; the one that fits need not come first. */
  rolledSecret: (body: string, secret: string, now: number) => signPayload(body, [strangeSecret(), secret], now),
  unsigned: () => undefined,
} as const

/** Sends an event once, as Stripe would. Throws what `send` throws. */
export async function deliver(
  kind: string,
  { body, signature }: { body: string; signature: string | undefined },
  target: Target,
  beforeLastByte?: () => Promise<void>,
): Promise<Delivery> {
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Stripe/1.0 (gatekit)',
  }
  if (signature !== undefined) headers['stripe-signature'] = signature
  const options = { signal: target.signal, offline: target.offline, ...(beforeLastByte && { beforeLastByte }) }
  const { response, timing }: Exchange = await send({ method: 'POST', url: target.url, headers, body }, options)
  return { kind, status: response.status, latencyMs: timing.totalMs, answer: clipped(response.body, 120) }
}

/** Time for the server to read all but the last byte of every delivery, so that only the handlers themselves are left to race. */
const readingMs = 25

/**
 * Sends the same event many times at the same moment: every connection has sent all but its last byte before the first is completed,
 * so a handler that looks first and writes later has nowhere to hide.
 */
export async function deliverAtOnce(
  count: number,
  signed: { body: string; signature: string },
  target: Target,
): Promise<Delivery[]> {
  let missing = count
  let open = () => {}
  const allThere = new Promise<void>((done) => {
    open = done
  })
  const arrive = () => {
    missing--
    if (missing === 0) setTimeout(open, readingMs)
  }
  const attempts = Array.from({ length: count }, async () => {
    let hasArrived = false
    try {
      return await deliver('concurrent', signed, target, async () => {
        hasArrived = true
        arrive()
        await allThere
      })
    } finally {
      // One that fails on the way must not keep the others waiting.
      if (!hasArrived) arrive()
    }
  })
  const settled = await Promise.allSettled(attempts)
  const failed = settled.find((each) => each.status === 'rejected')
  if (failed) throw failed.reason
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
}

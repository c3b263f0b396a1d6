import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { verifySignature } from '../../kernel/webhook-signature.ts'
import { HttpError } from '../http.ts'
import { handleEvent } from '../orders/handle-event.ts'
import { sendPendingMails } from '../orders/pending-mails.ts'
import type { Backend } from '../settings.ts'

/** The part of a Stripe event that is acted on; the rest is none of our business and may change. */
const stripeEvent = z.object({
  id: z.string().regex(/^evt_\w{1,250}$/),
  object: z.literal('event'),
  type: z.string().max(200),
  livemode: z.boolean(),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
})
export type StripeEvent = z.output<typeof stripeEvent>

/**
 * `POST /api/stripe_ext/webhook`: takes an event only with a valid `Stripe-Signature` over the raw bytes, and applies it once
 * however often it arrives (https://docs.stripe.com/webhooks#verify-events).
 */
export function registerStripeWebhook(app: FastifyInstance, backend: Backend): void {
  app.register(async (scope) => {
    // The signature is over the bytes as they came: parsing and printing again would change them.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, raw, done) => done(null, raw))
    scope.post('/api/stripe_ext/webhook', async (request) => {
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const event = readEvent(backend, raw, request.headers['stripe-signature'])
      // Money of the other mode is not ours: a live event in test mode, a test event in live mode.
      const isOurs = event.livemode === (backend.stripe.mode === 'live')
      const outcome = isOurs ? await handleEvent(backend, event) : 'ignored'
      await sendPendingMails(backend)
      const { mode } = backend.stripe
      return { ok: true, mode: 'webhook', sandbox: mode === 'sandbox', mocked: mode === 'mock', id: event.id, outcome }
    })
  })
}

function readEvent(backend: Backend, raw: Buffer, header: string | string[] | undefined): StripeEvent {
  if (backend.webhookSecrets.length === 0) throw new HttpError(503, 'secret_missing', 'no signing secret is configured')
  if (typeof header !== 'string') throw new HttpError(400, 'signature_missing', 'send the Stripe-Signature header')
  const verified = verifySignature(raw, header, backend.webhookSecrets, { now: backend.clock.now() })
  if (!verified.ok) throw new HttpError(400, 'signature_invalid', `the signature was refused: ${verified.failure}`)
  const parsed = stripeEvent.safeParse(parseJson(raw))
  if (!parsed.success) throw new HttpError(400, 'event_invalid', 'the body is signed but is not a Stripe event')
  return parsed.data
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'))
  } catch {
    return undefined
  }
}

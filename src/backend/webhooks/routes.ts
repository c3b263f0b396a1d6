import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HttpError } from '../http.ts'
import { registerCustomerWebhook } from '../metering/customers.ts'
import type { Parts } from '../parts.ts'
import type { Applied } from '../payments/apply.ts'
import type { Backend } from '../settings.ts'
import { RefusedWebhook, takePaypal, takeStripe, type Webhook } from './respond.ts'

type Take = typeof takeStripe

/** The webhook endpoints. All of them see the raw bytes: signatures are over the body as it came. */
export function registerWebhooks(app: FastifyInstance, context: { backend: Backend; parts: Parts }): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, raw, done) => done(null, raw))
    const routes: Record<string, Take> = {
      '/webhooks/stripe': takeStripe,
      '/webhooks/paypal': takePaypal,
      '/webhooks/payments': (each, webhook) =>
        ('paypal-transmission-sig' in webhook.headers ? takePaypal : takeStripe)(each, webhook),
    }
    for (const [url, take] of Object.entries(routes))
      scope.post(url, (request, reply) => answer(reply, take(context, webhookOf(request))))
    scope.post<{ Params: { tenant: string } }>('/webhooks/stripe/:tenant', async (request, reply) => {
      const { tenant } = request.params
      if (!context.backend.tenants?.has(tenant)) throw new HttpError(404, 'not_found', 'no such tenant')
      return answer(reply, takeStripe(context, { ...webhookOf(request), tenant }))
    })
    if (context.backend.metering) registerCustomerWebhook(scope, context, context.backend.metering)
    scope.post('/stripe/webhook', (request, reply) => answerInText(reply, takeStripe(context, webhookOf(request))))
    scope.post('/api/stripe_ext/webhook', (request) => answerStage6(context, request))
  })
}

const webhookOf = ({ body, headers }: FastifyRequest): Webhook => ({
  raw: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  headers,
})

async function answer(reply: FastifyReply, taking: Promise<Applied>): Promise<FastifyReply> {
  try {
    const { answer: result } = await taking
    return reply.send({ status: 'success', processed: result.status !== 'ignored', result })
  } catch (error) {
    if (!(error instanceof RefusedWebhook)) throw error
    const { status, reason } = error.refusal
    const text = status === 503 ? 'Verification is not possible' : 'Invalid signature'
    return reply.status(status).send({ error: text, message: reason })
  }
}

/** The answers of a subscription backend that speaks plain text. */
async function answerInText(reply: FastifyReply, taking: Promise<Applied>): Promise<FastifyReply> {
  reply.type('text/plain; charset=utf-8')
  try {
    await taking
    return reply.send('Success')
  } catch (error) {
    if (error instanceof HttpError && error.status < 500) return reply.status(400).send('Invalid payload')
    if (!(error instanceof RefusedWebhook)) return reply.status(500).send('Processing failed')
    const { status, reason } = error.refusal
    if (status === 503) return reply.status(500).send('Webhook secret is missing')
    if (reason === 'payload-empty') return reply.status(400).send('Invalid payload')
    return reply.status(400).send(reason === 'header-missing' ? 'No signature header' : 'Invalid signature')
  }
}

/** `POST /api/stripe_ext/webhook`, as the Stage 6 gate knows it. */
async function answerStage6(context: { backend: Backend; parts: Parts }, request: FastifyRequest) {
  const { mode } = context.backend.stripe
  try {
    const { outcome } = await takeStripe(context, webhookOf(request))
    return { ok: true, mode: 'webhook', sandbox: mode === 'sandbox', mocked: mode === 'mock', outcome }
  } catch (error) {
    if (!(error instanceof RefusedWebhook)) throw error
    const { status, reason } = error.refusal
    if (status === 503) throw new HttpError(503, 'secret_missing', 'no signing secret is configured')
    if (reason === 'header-missing') throw new HttpError(400, 'signature_missing', 'send the Stripe-Signature header')
    throw new HttpError(400, 'signature_invalid', `the signature was refused: ${reason}`)
  }
}

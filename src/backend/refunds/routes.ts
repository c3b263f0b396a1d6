import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { HttpError, readBody, requireAdmin } from '../http.ts'
import type { Parts } from '../parts.ts'
import { applyIncoming } from '../payments/apply.ts'
import { asHttpError, isAnswer } from '../provider/provider-errors.ts'
import type { Backend } from '../settings.ts'
import { askRefund, type RefundOrder } from './ask.ts'

const body = z.strictObject({
  amount: z.int().min(1).max(1_000_000_000).optional(),
  reason: z.string().max(200).default('requested_by_customer'),
})

/** `POST /payments/:id/refunds`, for the administrator: gives money back at the provider, once however often it is asked for. */
export function registerRefunds(app: FastifyInstance, context: { backend: Backend; parts: Parts }): void {
  const { backend } = context
  app.post<{ Params: { id: string } }>('/payments/:id/refunds', async (request) => {
    requireAdmin(request, backend.adminToken)
    const key = request.headers['idempotency-key']
    const wish = {
      ...readBody(request, body),
      payment: request.params.id.slice(0, 255),
      key: typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key) ? key : undefined,
    }
    const at = new Date(backend.clock.now()).toISOString()
    const order = await backend.database.transaction((tx) => askRefund(tx, { ...wish, amount: wish.amount }, at))
    const id = order.refundId ?? (await makeRefund(context, order))
    return { status: 'refunded', payment_id: order.payment, refund_id: id, refund_amount: order.amount }
  })
}

/** Asks the provider whether it has the refund before asking for it again: an earlier call may have been carried out unseen. */
async function makeRefund(context: { backend: Backend; parts: Parts }, order: RefundOrder): Promise<string> {
  const { database } = context.backend
  const { payment, amount, key } = order
  try {
    const made = await refundAtProvider(context.backend, order)
    await database.query("update refund_orders set state = 'made', refund_id = $2 where refund_key = $1", [key, made])
    await applyIncoming(context, {
      id: `refund/${made}`,
      type: 'refund.requested',
      gateway: 'standard',
      target: payment,
      facts: [{ kind: 'refund', payment, refund: made, amount, state: 'made' }],
    })
    return made
  } catch (error) {
    await noteFailure(context.backend, order, error)
    throw asHttpError(error)
  }
}

/** PayPal has no list of refunds to look into; it keeps the answer under a key for weeks instead. */
async function refundAtProvider({ stripeApi, paypalApi }: Backend, order: RefundOrder): Promise<string> {
  const { payment, amount, currency, key, attempt } = order
  if (order.gateway === 'paypal' && paypalApi)
    return paypalApi.refund({ payment, amount, currency }, `refund/${key}/${attempt}`)
  if (order.gateway === 'paypal' || !stripeApi)
    throw new HttpError(503, 'provider_missing', 'no payment provider is configured')
  const found = await stripeApi.findRefund(payment, key)
  return found ?? stripeApi.createRefund({ payment, amount, order: key }, `refund/${key}/${attempt}`)
}

/** What the provider refused for good is no promise any more; after any other answer the next call has a key of its own. */
async function noteFailure({ database }: Backend, { key }: RefundOrder, error: unknown): Promise<void> {
  if (!isAnswer(error)) return
  const { statusCode = 0 } = error as { statusCode?: number }
  const state = statusCode < 500 && statusCode !== 401 ? 'refused' : 'asked'
  await database.query('update refund_orders set attempt = attempt + 1, state = $2 where refund_key = $1', [key, state])
}

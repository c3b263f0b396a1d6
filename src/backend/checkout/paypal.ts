import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { itemOf } from '../catalogue.ts'
import { HttpError, readBody } from '../http.ts'
import { sendPendingMails } from '../orders/pending-mails.ts'
import type { Parts } from '../parts.ts'
import { applyIncoming } from '../payments/apply.ts'
import { asHttpError } from '../provider/provider-errors.ts'
import type { Backend } from '../settings.ts'

const body = z.strictObject({
  user: z.string().min(1).max(60),
  email: z.email().max(100).optional(),
  pack: z.string().max(64),
})

/** `POST /checkout/paypal` makes an order that the buyer approves at PayPal; `GET /checkout/paypal/return`, where they come back to, captures it. */
export function registerPaypalCheckout(
  app: FastifyInstance,
  { backend, parts }: { backend: Backend; parts: Parts },
): void {
  const api = () => {
    if (!backend.paypalApi) throw new HttpError(503, 'provider_missing', 'PayPal is not configured')
    return backend.paypalApi
  }

  app.post('/checkout/paypal', async (request) => {
    const { user, email, pack } = readBody(request, body)
    const item = itemOf('pack', pack)
    if (!item) throw new HttpError(422, 'unknown_item', 'the catalogue has no such pack')
    const wished = request.headers['idempotency-key']
    const key = typeof wished === 'string' && /^[\x21-\x7e]{1,64}$/.test(wished) ? wished : crypto.randomUUID()
    const wish = {
      user,
      email,
      item,
      returnUrl: here('/checkout/paypal/return'),
      cancelUrl: here('/subscription/cancel.html'),
    }
    const order = await api().createOrder(wish, `order/${key}`).catch(fail)
    return { ...order, mode: 'payment', mocked: false }
  })

  app.get<{ Querystring: { token?: string } }>('/checkout/paypal/return', async ({ query }, reply) => {
    const order = String(query.token ?? '')
    if (!/^[A-Z0-9]{1,64}$/i.test(order)) throw new HttpError(400, 'no_order', 'token: the id of an order')
    const captures = await api().captureOrder(order, `capture/${order}`).catch(fail)
    for (const resource of captures.filter(({ status }) => status === 'COMPLETED')) {
      const id = String(resource.id)
      const facts = parts.factsOfPaypal({ id, event_type: 'PAYMENT.CAPTURE.COMPLETED', resource })
      await applyIncoming(
        { backend, parts },
        { id: `capture/${id}`, type: 'order.captured', gateway: 'paypal', target: id, facts },
      )
    }
    await sendPendingMails(backend)
    return reply.redirect(here('/subscription/success.html'), 303)
  })

  const here = (path: string): string => new URL(path, backend.publicUrl).href
}

const fail = (error: unknown): never => {
  throw asHttpError(error)
}

import type { FastifyInstance } from 'fastify'
import { HttpError } from '../http.ts'
import { believeStripe, RefusedWebhook, readStripeEvent, type Webhook } from '../webhooks/respond.ts'
import type { Context } from './collect.ts'
import type { MeteringSettings, Tenant } from './tenants.ts'

/**
 * `POST /webhooks/stripe/:tenant/:environment`: `customer.created` says which of our customers is whose at the provider, by
 * `metadata.customer_id`. Other events are acknowledged and left alone. To be registered where bodies are raw bytes.
 */
export function registerCustomerWebhook(scope: FastifyInstance, context: Context, on: MeteringSettings): void {
  const known = new Set([...on.admins.values()].map(({ tenant, environment }) => `${tenant}/${environment}`))
  scope.post<{ Params: Tenant }>('/webhooks/stripe/:tenant/:environment', async (request, reply) => {
    const { tenant, environment } = request.params
    if (!known.has(`${tenant}/${environment}`)) throw new HttpError(404, 'not_found', 'no such tenant')
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    try {
      await takeCustomer(context, { tenant, environment }, { raw, headers: request.headers })
      return { received: true }
    } catch (error) {
      if (!(error instanceof RefusedWebhook)) throw error
      const { status, reason } = error.refusal
      const isEmpty = reason === 'header-missing' || reason === 'payload-empty'
      return reply.status(isEmpty ? 400 : status).send({ error: 'Invalid signature', message: reason })
    }
  })
}

async function takeCustomer(context: Context, tenant: Tenant, webhook: Webhook): Promise<void> {
  const event = readStripeEvent(await believeStripe(context, webhook))
  if (event.type !== 'customer.created' || !context.parts.isOurMode(event, context.backend)) return
  const { id, metadata } = event.data.object as { id?: unknown; metadata?: Record<string, unknown> | null }
  const ours = metadata?.customer_id
  if (typeof ours !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(ours)) return
  if (typeof id !== 'string' || !/^cus_\w{1,200}$/.test(id)) return
  // Delivered again, or by several at once, it says nothing new.
  await context.parts.mapCustomer(context, tenant, ours, id)
}

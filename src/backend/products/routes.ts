import type { FastifyInstance } from 'fastify'
import { HttpError, requireAdmin } from '../http.ts'
import type { Parts } from '../parts.ts'
import { asHttpError } from '../provider/provider-errors.ts'
import type { Backend } from '../settings.ts'
import { syncProducts } from './sync.ts'

/** `POST /admin/sync`, `POST /admin/sync/:id` for the administrator, and `GET /api/products`: the provider's catalogue, taken over one way. */
export function registerProducts(app: FastifyInstance, context: { backend: Backend; parts: Parts }): void {
  const { backend } = context
  const sync = async (only?: string) => {
    if (!backend.stripeApi) throw new HttpError(503, 'provider_missing', 'no payment provider is configured')
    return syncProducts(context, only).catch((error) => {
      throw asHttpError(error)
    })
  }
  app.post('/admin/sync', async (request) => {
    requireAdmin(request, backend.adminToken)
    return sync()
  })
  app.post<{ Params: { id: string } }>('/admin/sync/:id', async (request) => {
    requireAdmin(request, backend.adminToken)
    return sync(request.params.id.slice(0, 255))
  })
  app.get('/api/products', async () => {
    const found = await backend.database.query(
      `select stripe_id, name, description, is_active, amount::text as amount, currency, interval, credit_amount, display_order, stripe_price_id
       from products order by display_order, stripe_id`,
    )
    return { products: found.rows.map((row) => ({ ...row, amount: Number(row.amount) })) }
  })
}

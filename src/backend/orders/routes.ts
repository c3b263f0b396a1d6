import type { FastifyInstance } from 'fastify'
import { HttpError, requireAdmin } from '../http.ts'
import type { Backend } from '../settings.ts'

/** What was delivered and why, for the administrator: `GET /api/orders/:session`, `GET /api/audit`. */
export function registerOrders(app: FastifyInstance, { database, adminToken }: Backend): void {
  app.get<{ Params: { session: string } }>('/api/orders/:session', async (request) => {
    requireAdmin(request, adminToken)
    const found = await database.query(
      `select session_id, payment_intent, email, plan, amount::int as amount, currency, status, fulfilled_at, revoked_at
       from orders where session_id = $1`,
      [request.params.session.slice(0, 255)],
    )
    if (found.rows.length === 0) throw new HttpError(404, 'not_found', 'no such order')
    return found.rows[0]
  })
  app.get<{ Querystring: { target?: string } }>('/api/audit', async (request) => {
    requireAdmin(request, adminToken)
    const target = String(request.query.target ?? '').slice(0, 255)
    const found = await database.query(
      'select id::int as id, event, target, payload, created_at from audit_log where $1 = $2 or target = $1 order by id desc limit 100',
      [target, ''],
    )
    return { items: found.rows }
  })
}

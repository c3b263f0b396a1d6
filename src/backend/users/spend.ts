import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { HttpError, readBody } from '../http.ts'
import type { Backend } from '../settings.ts'

const body = z.strictObject({ payment_id: z.string().min(1).max(255) })

/** `POST /users/:id/cards/spend`: uses up one card of a payment. One that is used up is never given back or taken back. */
export function registerSpend(app: FastifyInstance, { database }: Backend): void {
  app.post<{ Params: { id: string } }>('/users/:id/cards/spend', async (request) => {
    const { payment_id: payment } = readBody(request, body)
    const spent = await database.query(
      `update cards set state = 'spent' where card_id = (
         select card_id from cards where user_id = $1 and payment_id = $2 and state = 'active'
         order by position limit 1 for update skip locked)
       returning card_id as id, position`,
      [request.params.id.replaceAll('\0', '').slice(0, 255), payment.replaceAll('\0', '')],
    )
    const [card] = spent.rows
    if (!card) throw new HttpError(409, 'nothing_left', 'no card of this payment is left')
    return { spent: card }
  })
}

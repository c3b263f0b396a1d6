import { z } from 'zod'
import { longestRollMs, rolledUntil, rollSecret } from '../webhooks/endpoints.ts'
import type { Webhooks } from '../webhooks/service.ts'
import { bodyOf, type Control, type ControlRoutes, Refused } from './define.ts'
import { duration } from './duration.ts'

const rules = z.strictObject({
  hold: z
    .union([z.boolean(), z.array(z.string()).min(1)])
    .optional()
    .describe('All events, or those of these types'),
  duplicate: z.int().min(1).max(20).optional().describe('How often each event is sent; 1 is once'),
  delay: z
    .union([z.literal('0').transform(() => 0), duration])
    .optional()
    .describe('How long each waits on the clock of the account'),
})

const release = z
  .strictObject({
    order: z
      .union([z.enum(['created', 'reversed']), z.array(z.string()).min(1)])
      .default('created')
      .describe('Or the ids of the events that go, in this order'),
  })
  .nullish()

const roll = z.strictObject({
  endpoint: z.string().describe('The id of the webhook endpoint or event destination'),
  expires: z
    .union([z.literal('0').transform(() => 0), duration])
    .default(longestRollMs)
    .refine((ms) => ms <= longestRollMs, { error: 'at most 24h' })
    .describe('How long the old secret signs beside the new one, on the clock of the account'),
})

/** How webhooks travel, what is held back, and every attempt with what was sent and what came back. */
export const webhookRoutes: ControlRoutes = {
  'GET /_gatekit/webhooks': (control) => stateOf(control),

  'POST /_gatekit/webhooks'(control) {
    const { hold, duplicate, delay } = bodyOf(control, rules)
    const { traffic } = deliveryOf(control)
    const { id } = control.account
    traffic.set(id, {
      ...(hold !== undefined && { hold }),
      ...(duplicate !== undefined && { copies: duplicate }),
      ...(delay !== undefined && { delayMs: delay }),
    })
    if (hold === false) traffic.release(id)
    return stateOf(control)
  },

  'POST /_gatekit/webhooks/release'(control) {
    const { traffic } = deliveryOf(control)
    const { order = 'created' } = bodyOf(control, release) ?? {}
    const known = new Set(traffic.held(control.account.id).map(({ event }) => event))
    const unknown = typeof order === 'string' ? [] : order.filter((event) => !known.has(event))
    if (unknown.length > 0) throw new Refused(400, `not held back: ${unknown.join(', ')}`, { held: [...known] })
    return { released: traffic.release(control.account.id, order), ...stateOf(control) }
  },

  /** A new signing secret; deliveries carry two signatures until the old one expires. */
  'POST /_gatekit/webhooks/roll'(control) {
    const { endpoint, expires } = bodyOf(control, roll)
    const secret = rollSecret(control.account, endpoint, expires)
    if (secret === undefined) throw new Refused(404, `no webhook endpoint ${endpoint.slice(0, 80)} in this account`)
    const until = rolledUntil(control.account, endpoint)
    return { endpoint, secret, oldSecretUntil: until === undefined ? null : new Date(until).toISOString() }
  },

  /** Oldest first; `event`, `type`, `endpoint` and `delivered` filter. */
  'GET /_gatekit/webhooks/deliveries'(control) {
    const filters = ['event', 'type', 'endpoint', 'delivered'] as const
    const data = deliveryOf(control)
      .attempts(control.account.id)
      .filter((attempt) => filters.every((name) => [null, String(attempt[name])].includes(control.query.get(name))))
    return { count: data.length, data }
  },
}

function deliveryOf({ delivery }: Control): Webhooks {
  if (!delivery) throw new Refused(404, 'events do not travel here: this sandbox has no server')
  return delivery
}

function stateOf(control: Control): object {
  const { traffic } = deliveryOf(control)
  const { hold, copies, delayMs } = traffic.rulesOf(control.account.id)
  const waiting = [...control.account.store.deliveries.values()]
  return { hold, duplicate: copies, delayMs, held: traffic.held(control.account.id), waiting }
}

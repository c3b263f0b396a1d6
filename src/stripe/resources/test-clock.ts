import { addIntervals, isShorter, type Recurrence } from '../billing/period.ts'
import { type Context, defineResource, type OperationContext } from '../define.ts'
import { stripeError } from '../error.ts'
import { markAdvancing, unmarkAdvancing } from '../invoicing/time.ts'
import { isEnded } from '../subscription/record.ts'

const lifetime = 30 * 86_400
const longestAdvance = 2 * 365 * 86_400

/**
 * Time for the customers that are created on it. Advancing does everything that becomes due on the way, in order, each at its own time; it
 * is done when the answer is sent, so the next look at the clock finds it `ready`. Rules: docs.stripe.com/api/test_clocks.
 */
export const testClocks = defineResource({
  object: 'test_helpers.test_clock',

  create(ctx) {
    const { customer, frozen_time, name } = ctx.params
    if (customer !== undefined)
      ctx.tables.customer.patch(ctx.tables.customer.need(customer, 'customer').id, { test_clock: ctx.id })
    return {
      created: ctx.now,
      deletes_after: ctx.now + lifetime,
      frozen_time,
      name: name ?? null,
      status: 'ready',
      status_details: {},
    }
  },

  remove(ctx) {
    for (const customer of ctx.tables.customer.by('test_clock', ctx.id)) {
      for (const subscription of ctx.tables.subscription.by('customer', customer.id)) {
        if (!isEnded(subscription))
          ctx.tables.subscription.patch(subscription.id, { ended_at: ctx.object.frozen_time, status: 'canceled' })
      }
      ctx.tables.customer.remove(customer.id)
    }
  },

  operations: {
    'POST /v1/test_helpers/test_clocks/{id}/advance': advance,
  },

  jobs: {
    start(ctx) {
      const target = ctx.account.memory.get(`target of ${ctx.id}`) as number
      ctx.emit('test_helpers.test_clock.advancing', {
        ...ctx.object,
        status: 'advancing',
        status_details: { advancing: { target_frozen_time: target } },
      })
    },
  },
})

function advance(ctx: OperationContext): object {
  const id = ctx.path.id ?? ''
  const clock = ctx.tables['test_helpers.test_clock'].need(id)
  const target = Number(ctx.params.frozen_time)
  if (target <= clock.frozen_time)
    throw stripeError(
      400,
      undefined,
      `The test clock's frozen time must be advanced to a time after its current frozen time (${clock.frozen_time}).`,
      'frozen_time',
    )
  needNear(ctx, id, clock.frozen_time, target)
  ctx.account.memory.set(`target of ${id}`, target)
  ctx.schedule('test_helpers.test_clock', 'start', id, clock.frozen_time, id)
  markAdvancing(ctx, id, target)
  try {
    ctx.advance(id, target)
  } finally {
    unmarkAdvancing(ctx, id)
  }
  const ready = ctx.tables['test_helpers.test_clock'].patch(id, { frozen_time: target, status: 'ready' })
  ctx.emit('test_helpers.test_clock.ready', ready)
  return { ...clock, status: 'advancing', status_details: { advancing: { target_frozen_time: target } } }
}

/** At most two intervals of the shortest subscription at once, two years where there is none. */
function needNear(ctx: Context, id: string, from: number, target: number): void {
  const shortest = shortestInterval(ctx, id)
  const latest = shortest ? addIntervals(from, shortest.interval, 2 * shortest.interval_count) : from + longestAdvance
  if (target <= latest) return
  throw stripeError(
    400,
    undefined,
    shortest
      ? `Test clocks can only be advanced up to two intervals at a time, based on the shortest subscription interval on the clock: until ${latest}.`
      : `Test clocks without subscriptions can only be advanced up to two years at a time: until ${latest}.`,
    'frozen_time',
  )
}

function shortestInterval(ctx: Context, id: string): Recurrence | undefined {
  let shortest: Recurrence | undefined
  for (const subscription of ctx.tables.subscription.by('test_clock', id)) {
    if (isEnded(subscription)) continue
    for (const { price } of subscription.items.data) {
      const recurring = price.recurring as Recurrence | null
      if (recurring && (!shortest || isShorter(recurring, shortest))) shortest = recurring
    }
  }
  return shortest
}

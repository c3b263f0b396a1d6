import type { Context } from '../define.ts'

/** What happens when an invoice of a subscription cannot be paid: the settings that Stripe keeps in its Dashboard. */
export interface Dunning {
  /** Days between an attempt and the next; as many retries as there are entries. */
  retryDays: readonly number[]
  /** What becomes of the subscription after the last one. */
  finally: 'cancel' | 'unpaid' | 'past_due'
}

const standard: Dunning = { retryDays: [3, 5, 7], finally: 'cancel' }
const key = 'dunning settings'

export const dunningOf = (ctx: Context): Dunning => (ctx.account.memory.get(key) as Dunning | undefined) ?? standard

export const setDunning = (ctx: Context, settings: Partial<Dunning>): Dunning => {
  const chosen = { ...dunningOf(ctx), ...settings }
  ctx.account.memory.set(key, chosen)
  return chosen
}

import type { Context } from '../define.ts'
import type { Given, Stored } from '../wire.ts'

export type BalanceTransaction = Stored<'balance_transaction'>
type FeeDetail = Given<BalanceTransaction['fee_details'][number]>

const secondsPerDay = 86_400

/** Stripe's standard price for a card of its own country: 2.9 % and 30 of the smallest unit, rounded half up; never more than the amount. */
export const feeOf = (amount: number): number => Math.min(amount, Math.floor((amount * 29 + 500) / 1000) + 30)

/** Funds that come in on a day are the account's at the midnight (UTC) that ends the day after it, at the latest two days later. */
export const settlesOn = (now: number): number => Math.floor(now / secondsPerDay + 2) * secondsPerDay

/** What an account has in one currency, in the smallest unit; negative when it owes. */
export interface Holding {
  available: number
  pending: number
}

export interface Movement {
  type: BalanceTransaction['type']
  /** Signed, in the smallest unit. */
  amount: number
  /** Stripe's own fee. */
  fee?: number
  /** The platform's fee, taken beside Stripe's. */
  applicationFee?: number
  currency: string
  source: string
  description?: string | null
  reporting_category: string
  /** Funds that need no two days on the way. */
  availableNow?: boolean
  /** The transaction that this one takes back: while its funds are on the way, so are these. */
  against?: string | null
}

/** Books a movement of the account's balance and returns its transaction. Nothing else changes a balance. */
export function book(ctx: Context, movement: Movement): BalanceTransaction {
  const { amount, applicationFee = 0, currency, fee = 0 } = movement
  const available_on = availableOn(ctx, movement)
  const isPending = available_on > ctx.now
  const transaction = ctx.tables.balance_transaction.create({
    amount,
    available_on,
    balance_type: 'payments',
    currency,
    description: movement.description ?? null,
    exchange_rate: null,
    fee: fee + applicationFee,
    fee_details: [...detail(applicationFee, currency, 'application_fee'), ...detail(fee, currency, 'stripe_fee')],
    net: amount - fee - applicationFee,
    reporting_category: movement.reporting_category,
    source: movement.source,
    status: isPending ? 'pending' : 'available',
    type: movement.type,
  })
  move(ctx, currency, { [isPending ? 'pending' : 'available']: transaction.net })
  if (isPending) ctx.schedule('balance_transaction', 'settle', transaction.id, available_on)
  else if (movement.type === 'charge') ctx.schedule('balance_transaction', 'announce', transaction.id, ctx.now)
  return transaction
}

function availableOn(ctx: Context, { against, availableNow = false }: Movement): number {
  if (availableNow) return ctx.now
  if (against === undefined) return settlesOn(ctx.now)
  const first = ctx.tables.balance_transaction.get(against ?? '')
  return first?.status === 'pending' ? first.available_on : ctx.now
}

function detail(amount: number, currency: string, type: 'application_fee' | 'stripe_fee'): FeeDetail[] {
  const description = type === 'stripe_fee' ? 'Stripe processing fees' : 'application fee'
  return amount === 0 ? [] : [{ amount, application: null, currency, description, type }]
}

/**
 * Makes what is due available, all of it at once, and announces it with one `balance.available`. Returns the currencies it moved: none
 * when an earlier transaction of the same day has done it already.
 */
export function settleDue(ctx: Context): string[] {
  const currencies = new Set<string>()
  for (const transaction of ctx.tables.balance_transaction.by('status', 'pending')) {
    if (transaction.available_on > ctx.now) continue
    ctx.tables.balance_transaction.patch(transaction.id, { status: 'available' })
    move(ctx, transaction.currency, { pending: -transaction.net, available: transaction.net })
    currencies.add(transaction.currency)
  }
  if (currencies.size > 0) ctx.emit('balance.available', balanceOf(ctx))
  return [...currencies]
}

const holdingsKey = 'holdings'

const holdingsOf = (ctx: Context): Readonly<Record<string, Holding>> =>
  (ctx.account.memory.get(holdingsKey) as Record<string, Holding> | undefined) ?? {}

/** What the account has in a currency now. */
export const holdingOf = (ctx: Context, currency: string): Holding =>
  holdingsOf(ctx)[currency] ?? { available: 0, pending: 0 }

function move(ctx: Context, currency: string, { available = 0, pending = 0 }: Partial<Holding>): void {
  const held = holdingOf(ctx, currency)
  const now = { available: held.available + available, pending: held.pending + pending }
  ctx.account.memory.set(holdingsKey, { ...holdingsOf(ctx), [currency]: now })
}

/** The `balance` object: US dollars always, other currencies once they were used. */
export function balanceOf(ctx: Context) {
  const holdings = Object.entries({ usd: holdingOf(ctx, 'usd'), ...holdingsOf(ctx) })
  const amounts = (kind: keyof Holding) =>
    holdings.map(([currency, held]) => ({ amount: held[kind], currency, source_types: { card: held[kind] } }))
  return {
    object: 'balance' as const,
    available: amounts('available'),
    ...(!ctx.account.platform && {
      connect_reserved: amounts('available').map(({ currency }) => ({ amount: 0, currency })),
    }),
    livemode: false,
    pending: amounts('pending'),
    refund_and_dispute_prefunding: { available: [], pending: [] },
  }
}

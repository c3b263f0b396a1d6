import type { Context } from '../define.ts'
import type { Stored } from '../wire.ts'
import { type Line, linesOf } from './line.ts'

export type CreditGrant = Stored<'billing.credit_grant'>
type Entry = Stored<'billing.credit_balance_transaction'>

/** A credit that was applied to a line before tax. */
export interface AppliedCredit {
  amount: number
  credit_balance_transaction: string
}

const key = (line: string) => `billing credits of ${line}`

export const creditsOf = (ctx: Context, line: string): readonly AppliedCredit[] =>
  (ctx.account.memory.get(key(line)) as readonly AppliedCredit[] | undefined) ?? []

const amountOf = ({ credit, debit }: Entry): number =>
  (credit?.amount.monetary?.value ?? 0) - (debit?.amount.monetary?.value ?? 0)

const entriesOf = (ctx: Context, grant: string): Entry[] =>
  ctx.tables['billing.credit_balance_transaction'].by('credit_grant', grant)

/** What is left of a grant, whether or not it can be used yet. */
export const ledgerBalance = (ctx: Context, grant: CreditGrant): number =>
  entriesOf(ctx, grant.id).reduce((sum, entry) => sum + amountOf(entry), 0)

/** What can be used of a grant now. */
export const availableBalance = (ctx: Context, grant: CreditGrant): number =>
  isUsable(grant, ctx.now) ? ledgerBalance(ctx, grant) : 0

const isUsable = ({ effective_at, expires_at, voided_at }: CreditGrant, now: number): boolean =>
  voided_at === null && (effective_at ?? 0) <= now && (expires_at === null || expires_at > now)

/** Books a movement of a grant: positive gives, negative takes. */
export function bookCredit(
  ctx: Context,
  grant: CreditGrant,
  value: number,
  type:
    | 'credits_granted'
    | 'credits_applied'
    | 'credits_expired'
    | 'credits_voided'
    | 'credits_application_invoice_voided',
  target?: { invoice: string; invoice_line_item: string },
): Entry {
  const amount = {
    monetary: { currency: grant.amount.monetary?.currency ?? 'usd', value: Math.abs(value) },
    type: 'monetary' as const,
  }
  return ctx.tables['billing.credit_balance_transaction'].create({
    created: ctx.now,
    credit:
      value > 0
        ? {
            amount,
            credits_application_invoice_voided: type === 'credits_application_invoice_voided' ? (target ?? null) : null,
            type: type === 'credits_application_invoice_voided' ? type : 'credits_granted',
          }
        : null,
    credit_grant: grant.id,
    debit: value > 0 ? null : { amount, credits_applied: target ?? null, type: type as 'credits_applied' },
    effective_at: ctx.now,
    test_clock: grant.test_clock,
    type: value > 0 ? 'credit' : 'debit',
  })
}

/**
 * Uses a customer's billing credits for the metered lines of an invoice that becomes final: higher priority first, then the sooner
 * expiry, promotional before paid. Rule: docs.stripe.com/billing/subscriptions/usage-based/billing-credits.
 */
export function applyBillingCredits(ctx: Context, invoice: string, customer: string | null, currency: string): void {
  if (!customer) return
  const grants = ctx.tables['billing.credit_grant']
    .by('customer', customer)
    .filter((grant) => grant.amount.monetary?.currency === currency && availableBalance(ctx, grant) > 0)
    .sort(byOrderOfUse)
  if (grants.length === 0) return
  for (const line of linesOf(ctx, invoice)) applyTo(ctx, line, invoice, grants)
}

function applyTo(ctx: Context, line: Line, invoice: string, grants: readonly CreditGrant[]): void {
  const off = (line.discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0)
  let left = line.amount - off
  const applied: AppliedCredit[] = []
  for (const grant of grants.filter((each) => covers(ctx, each, line))) {
    const amount = Math.min(left, availableBalance(ctx, grant))
    if (amount <= 0) continue
    const entry = bookCredit(ctx, grant, -amount, 'credits_applied', { invoice, invoice_line_item: line.id })
    applied.push({ amount, credit_balance_transaction: entry.id })
    left -= amount
  }
  if (applied.length > 0) ctx.account.memory.set(key(line.id), applied)
}

function covers(ctx: Context, grant: CreditGrant, line: Line): boolean {
  const price = ctx.tables.price.get(line.pricing?.price_details?.price ?? '')
  const { prices } = grant.applicability_config.scope
  if (!price) return false
  return prices?.length ? prices.some(({ id }) => id === price.id) : price.recurring?.usage_type === 'metered'
}

const byOrderOfUse = (a: CreditGrant, b: CreditGrant): number =>
  (a.priority ?? 50) - (b.priority ?? 50) ||
  (a.expires_at ?? Number.MAX_SAFE_INTEGER) - (b.expires_at ?? Number.MAX_SAFE_INTEGER) ||
  Number(a.category === 'paid') - Number(b.category === 'paid') ||
  a.created - b.created

/** Gives back what a voided invoice had used. */
export function returnBillingCredits(ctx: Context, invoice: string): void {
  for (const line of linesOf(ctx, invoice))
    for (const { amount, credit_balance_transaction } of creditsOf(ctx, line.id)) {
      const used = ctx.tables['billing.credit_balance_transaction'].need(credit_balance_transaction)
      const grant = ctx.tables['billing.credit_grant'].need(used.credit_grant)
      bookCredit(ctx, grant, amount, 'credits_application_invoice_voided', { invoice, invoice_line_item: line.id })
    }
}

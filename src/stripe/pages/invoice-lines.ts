import type { Context } from '../define.ts'
import type { Invoice } from '../invoicing/draft.ts'
import { linesOf } from '../invoicing/line.ts'
import { formatMoney } from '../payment/money.ts'

export interface InvoiceLine {
  description: string
  /** `Nov 1, 2026 – Dec 1, 2026`; absent where a line has no duration. */
  period?: string
  quantity: string
  amount: string
}

export interface TotalRow {
  label: string
  amount: string
  /** The row that says what is still to be paid. */
  isDue?: boolean
}

const dates = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' })

/** `Nov 1, 2026`, of epoch seconds, in UTC. */
export const formatDate = (seconds: number): string => dates.format(seconds * 1000)

/** The lines of an invoice as a person reads them, first things first. */
export const invoiceLines = (ctx: Context, { currency, id }: Invoice): InvoiceLine[] =>
  linesOf(ctx, id)
    .toReversed()
    .map(({ amount, description, period, quantity }) => ({
      description: description ?? 'Item',
      ...(period.end > period.start && { period: `${formatDate(period.start)} – ${formatDate(period.end)}` }),
      quantity: quantity === null ? '' : String(quantity),
      amount: formatMoney(amount, currency),
    }))

/** What adds up under the lines, down to what is due. */
export function invoiceTotals(ctx: Context, invoice: Invoice): TotalRow[] {
  const { amount_paid, amount_remaining, currency, ending_balance, starting_balance, subtotal, total } = invoice
  const row = (label: string, amount: number): TotalRow => ({ label, amount: formatMoney(amount, currency) })
  const applied = (ending_balance ?? starting_balance) - starting_balance
  return [
    row('Subtotal', subtotal),
    ...(invoice.total_discount_amounts ?? []).map(({ amount, discount }) =>
      row(discountLabel(ctx, String(discount)), -amount),
    ),
    ...(invoice.total_taxes ?? []).map(({ amount, tax_behavior, tax_rate_details }) =>
      row(taxLabel(ctx, tax_rate_details?.tax_rate ?? '', tax_behavior === 'inclusive'), amount),
    ),
    ...(invoice.amount_shipping > 0 ? [row('Shipping', invoice.amount_shipping)] : []),
    row('Total', total),
    ...(applied === 0 ? [] : [row('Applied balance', -applied)]),
    ...(amount_paid > 0 ? [row('Amount paid', -amount_paid)] : []),
    { ...row('Amount due', invoice.status === 'void' ? 0 : amount_remaining), isDue: true },
  ]
}

function discountLabel(ctx: Context, id: string): string {
  const coupon = ctx.tables.coupon.get(ctx.tables.discount.get(id)?.source.coupon ?? '')
  const off = coupon?.percent_off ? ` (${coupon.percent_off}% off)` : ''
  return `${coupon?.name ?? 'Discount'}${off}`
}

function taxLabel(ctx: Context, id: string, isInclusive: boolean): string {
  const rate = ctx.tables.tax_rate.get(id)
  const name = rate ? `${rate.display_name} (${rate.percentage}%)` : 'Tax'
  return isInclusive ? `${name}, included` : name
}

import { minimumCharge } from '../payment/money.ts'
import { type DiscountableLine, type DiscountTerms, discountLines, type LineDiscount } from './discount.ts'
import { type LineTax, type TaxTerms, taxLine } from './tax.ts'

export interface TotalLine extends DiscountableLine {
  taxes: readonly TaxTerms[]
  /** Billing credits applied to the line, before tax. */
  credit?: number
}

export interface LineTotals {
  discounts: LineDiscount[]
  taxes: LineTax[]
}

export interface InvoiceTotals {
  lines: LineTotals[]
  /** Before discounts of the whole invoice and exclusive tax; discounts of single lines are already in it. */
  subtotal: number
  subtotal_excluding_tax: number
  total: number
  total_excluding_tax: number
  discounts: LineDiscount[]
  taxes: LineTax[]
}

/** Every amount of an invoice from its lines: whatever Stripe shows in two places is computed here once. */
export function totalsOf(lines: readonly TotalLine[], invoiceDiscounts: readonly DiscountTerms[]): InvoiceTotals {
  const discounts = discountLines(lines, invoiceDiscounts)
  const each = lines.map((line, index): LineTotals => {
    const net = line.amount - sum(discounts[index]!) - (line.credit ?? 0)
    return { discounts: discounts[index]!, taxes: taxLine(net, line.taxes) }
  })
  const onInvoice = new Set(invoiceDiscounts.map(({ id }) => id))
  const allDiscounts = discounts.flat()
  const lineDiscount = sum(allDiscounts.filter(({ discount }) => !onInvoice.has(discount)))
  const taxes = each.flatMap((line) => line.taxes)
  const inclusive = sum(taxes.filter((tax) => tax.inclusive))
  const exclusive = sum(taxes.filter((tax) => !tax.inclusive))
  const subtotal = lines.reduce((total, line) => total + line.amount, 0) - lineDiscount
  const credit = lines.reduce((all, line) => all + (line.credit ?? 0), 0)
  const total = subtotal - (sum(allDiscounts) - lineDiscount) - credit + exclusive
  return {
    lines: each,
    subtotal,
    subtotal_excluding_tax: subtotal - inclusive,
    total,
    total_excluding_tax: total - exclusive - inclusive,
    discounts: mergeDiscounts(allDiscounts),
    taxes: mergeTaxes(taxes),
  }
}

export interface Settlement {
  /** What the customer has to pay now; never negative. */
  amount_due: number
  /** The customer's balance afterwards: negative is credit, positive is owed. */
  ending_balance: number
}

/**
 * How an invoice's total meets the customer's balance (negative: credit). Credit is used up first; a debt is collected along; a negative
 * total becomes credit; what is too small to be charged is put on the balance. Rule: docs.stripe.com/billing/customer/balance.
 */
export function settleBalance(total: number, balance: number, currency: string): Settlement {
  const owed = total + balance
  if (owed <= 0) return { amount_due: 0, ending_balance: owed }
  if (owed < minimumCharge(currency)) return { amount_due: 0, ending_balance: owed }
  return { amount_due: owed, ending_balance: 0 }
}

const sum = (items: readonly { amount: number }[]): number => items.reduce((total, { amount }) => total + amount, 0)

function mergeDiscounts(all: readonly LineDiscount[]): LineDiscount[] {
  const merged = new Map<string, number>()
  for (const { discount, amount } of all) merged.set(discount, (merged.get(discount) ?? 0) + amount)
  return [...merged].map(([discount, amount]) => ({ discount, amount }))
}

function mergeTaxes(all: readonly LineTax[]): LineTax[] {
  const merged = new Map<string, LineTax>()
  for (const tax of all) {
    const key = `${tax.tax_rate} ${tax.reason}`
    const before = merged.get(key)
    merged.set(key, {
      ...tax,
      amount: (before?.amount ?? 0) + tax.amount,
      taxable_amount: (before?.taxable_amount ?? 0) + tax.taxable_amount,
    })
  }
  return [...merged.values()]
}

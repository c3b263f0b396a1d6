import type { TaxReason, TaxTerms } from '../billing/tax.ts'
import type { Context } from '../define.ts'
import type { Stored } from '../wire.ts'

export type TaxRate = Stored<'tax_rate'>

/** What rates take; nothing from customers who are exempt or owe the tax themselves. */
export const termsOfRates = (ctx: Context, ids: readonly string[], taxExempt: string | null): TaxTerms[] =>
  ids.map((id) => {
    const { inclusive, percentage } = ctx.tables.tax_rate.need(id, 'tax_rates')
    const reason = exemptions[taxExempt ?? '']
    return reason ? { id, inclusive, percentage: 0, reason } : { id, inclusive, percentage }
  })

const exemptions: Record<string, TaxReason> = { exempt: 'customer_exempt', reverse: 'reverse_charge' }

/** Tax rates as objects show them: whole. Unknown ids are refused. */
export const taxRates = (ctx: Context, ids: readonly string[] | null | undefined, param: string): TaxRate[] =>
  (ids ?? []).map((id, index) => ctx.tables.tax_rate.need(id, `${param}[${index}]`))

export const rateIds = (rates: readonly { id: string }[] | null | undefined): string[] =>
  (rates ?? []).map(({ id }) => id)

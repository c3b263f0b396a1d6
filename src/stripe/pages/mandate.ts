import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import { html } from './html.ts'
import { formatDate } from './invoice-lines.ts'
import { cardPage, merchant } from './layout.ts'

const schemes: Record<string, string> = {
  sepa_debit: 'SEPA Direct Debit',
  bacs_debit: 'Bacs Direct Debit',
  au_becs_debit: 'BECS Direct Debit',
}

/** What a customer has allowed: the text behind the `url` of a mandate. `id` is that of the payment method. */
export function showMandate(ctx: Context, id: string): HttpAnswer {
  const { billing_details, type, ...method } = ctx.tables.payment_method.need(id)
  const [mandate] = ctx.tables.mandate.by('payment_method', id)
  const { last4 } = (method[type as 'sepa_debit'] ?? {}) as { last4?: string | null }
  const accepted = mandate?.customer_acceptance.accepted_at
  const facts = [
    ['Reference', id.slice(-16).toUpperCase()],
    ['Account', last4 && `ending in ${last4}`],
    ['Holder', billing_details.name],
    ['Given on', accepted && formatDate(accepted)],
    ['Status', mandate?.status],
  ] as const
  return cardPage({
    title: 'Mandate – Sandbox',
    heading: merchant,
    body: html`<h1>${schemes[type] ?? 'Direct debit'} mandate</h1>
      <p>${merchant} may debit this account for what its holder buys there, until the holder takes the permission back.</p>
      <dl class="facts">${facts.map(([label, value]) => value && html`<div><dt>${label}</dt><dd><strong>${value}</strong></dd></div>`)}</dl>`,
  })
}

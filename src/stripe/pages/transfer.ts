import { kinds, receiveTransfer } from '../cash/transfer.ts'
import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import { formatMoney } from '../payment/money.ts'
import { html } from './html.ts'
import { cardPage, merchant, seeOther } from './layout.ts'
import { renderNotice } from './notice-page.ts'

/** Where a customer sends the money, as somebody's bank wants it typed in. The accounts are made up. */
const accounts: Record<string, readonly (readonly [string, string])[]> = {
  us_bank_transfer: [
    ['Routing number', '110000000'],
    ['Account number', '000123456789'],
  ],
  eu_bank_transfer: [
    ['IBAN', 'DE89 3704 0044 0532 0130 00'],
    ['BIC', 'SANDDEFFXXX'],
  ],
  gb_bank_transfer: [
    ['Sort code', '10-88-00'],
    ['Account number', '00012345'],
  ],
  jp_bank_transfer: [
    ['Bank', '1100'],
    ['Branch', '000'],
    ['Account number', '0001234'],
  ],
  mx_bank_transfer: [['CLABE', '000000001234567897']],
}

/** What to send, where to and under which reference: docs.stripe.com/payments/bank-transfers. */
export function showTransfer(ctx: Context, id: string): HttpAnswer {
  const { currency, next_action, status } = ctx.tables.payment_intent.need(id)
  const details = next_action?.display_bank_transfer_instructions
  if (!details)
    return status === 'succeeded'
      ? renderNotice({ title: 'The money has arrived', text: 'There is nothing more to do.', symbol: '✓' })
      : renderNotice({
          title: 'There is nothing to send',
          text: 'This payment waits for no bank transfer.',
          symbol: '!',
        })
  return cardPage({
    title: 'Pay by bank transfer – Sandbox',
    heading: merchant,
    body: html`<h1>Send ${formatMoney(details.amount_remaining ?? 0, currency)}</h1>
      <p>Make a transfer from your bank with these details.</p>
      <dl class="facts">${[...(accounts[kinds[currency] ?? ''] ?? []), ['Reference', details.reference ?? '']].map(
        ([label, value]) => html`<div><dt>${label}</dt><dd><strong>${value}</strong></dd></div>`,
      )}</dl>
      <form method="post" action="/transfers/${id}">
        <button type="submit">Send the money now</button>
      </form>
      <p class="muted">In the sandbox this button is the bank: the whole amount arrives at once.</p>`,
  })
}

/** The bank sends what is missing. */
export function answerTransfer(ctx: Context, id: string): HttpAnswer {
  const { currency, customer, next_action } = ctx.tables.payment_intent.need(id)
  const details = next_action?.display_bank_transfer_instructions
  if (details && customer)
    receiveTransfer(ctx, customer, details.amount_remaining ?? 0, currency, details.reference ?? null)
  return seeOther(ctx.url(`/transfers/${id}`))
}

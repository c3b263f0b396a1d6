import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import { verifyDeposits } from '../payment/deposits.ts'
import type { PaymentIntent } from '../payment/intent.ts'
import { verifyMicrodeposits } from '../setup/confirm.ts'
import type { DepositAnswer } from '../setup/deposits.ts'
import type { SetupIntent } from '../setup/intent.ts'
import { isRefusal, type Refusal, refusable } from './card-form.ts'
import { html } from './html.ts'
import { alert, input } from './input.ts'
import { cardPage, merchant } from './layout.ts'
import { renderNotice } from './notice-page.ts'

type Intent = PaymentIntent | SetupIntent

const intentOf = (ctx: Context, id: string): Intent =>
  id.startsWith('seti_') ? ctx.tables.setup_intent.need(id) : ctx.tables.payment_intent.need(id)

/** Where an account holder says how much the two small deposits were: docs.stripe.com/payments/ach-direct-debit. */
export function showDeposits(ctx: Context, id: string, refusal?: Refusal): HttpAnswer {
  const intent = intentOf(ctx, id)
  if (intent.next_action?.type !== 'verify_with_microdeposits') return over(intent, refusal)
  const method = ctx.tables.payment_method.get(intent.payment_method ?? '')
  return cardPage({
    title: refusal ? `Error: ${refusal.message}` : 'Verify your bank account – Sandbox',
    heading: merchant,
    status: refusal ? 402 : 200,
    body: html`<h1>Verify your bank account</h1>
      <p>Two small deposits were sent to the account ending in <strong>${method?.us_bank_account?.last4}</strong>. How many cents was each?</p>
      ${alert('The account was not verified.', refusal)}
      <form method="post" action="/microdeposits/${id}" novalidate>
        <div class="pair">
          ${input({ name: 'amount_1', label: 'First deposit', inputmode: 'numeric', placeholder: '32' })}
          ${input({ name: 'amount_2', label: 'Second deposit', inputmode: 'numeric', placeholder: '45' })}
        </div>
        ${input({ name: 'descriptor_code', label: 'Or the code beside a deposit of one cent', placeholder: 'SM11AA', optional: true })}
        <button type="submit">Verify</button>
      </form>
      <p class="hint"><code>32</code> and <code>45</code> or <code>SM11AA</code> verify, <code>10</code> and <code>11</code> are one attempt too many,
        <code>40</code> and <code>41</code> come too late.</p>`,
  })
}

/** Takes the amounts or the code; other ones than the documented may be tried again. */
export function answerDeposits(ctx: Context, id: string, form: URLSearchParams): HttpAnswer {
  const intent = intentOf(ctx, id)
  if (intent.next_action?.type !== 'verify_with_microdeposits') return over(intent)
  const result = refusable(() => verify(ctx, intent, answerOf(form)))
  return isRefusal(result) ? showDeposits(ctx, id, result) : over(intentOf(ctx, id))
}

const verify = (ctx: Context, intent: Intent, answer: DepositAnswer): Intent =>
  intent.object === 'setup_intent' ? verifyMicrodeposits(ctx, intent, answer) : verifyDeposits(ctx, intent, answer)

function answerOf(form: URLSearchParams): DepositAnswer {
  const descriptor_code = (form.get('descriptor_code') ?? '').trim().toUpperCase()
  if (descriptor_code !== '') return { descriptor_code }
  return { amounts: ['amount_1', 'amount_2'].map((name) => Number.parseInt(form.get(name) ?? '', 10) || 0) }
}

function over({ status }: Intent, refusal?: Refusal): HttpAnswer {
  if (refusal)
    return renderNotice({ title: 'The account was not verified', text: refusal.message, status: 402, symbol: '!' })
  const isVerified = status === 'processing' || status === 'succeeded'
  return isVerified
    ? renderNotice({ title: 'Your bank account is verified', text: 'You can close this page.', symbol: '✓' })
    : renderNotice({
        title: 'There is nothing to verify',
        text: 'This account needs no verification any more. Go back to the shop to start again.',
        symbol: '!',
      })
}

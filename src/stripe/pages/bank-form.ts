import type { Session } from '../checkout/session.ts'
import type { Context } from '../define.ts'
import { isBankDebit } from '../payment/bank-method.ts'
import { makeMethod } from '../payment/method-data.ts'
import { markSetUp, type PaymentMethod } from '../payment/payment-method.ts'
import { type Refusal, refusable } from './card-form.ts'
import { type Html, html } from './html.ts'
import { input } from './input.ts'

interface Bank {
  label: string
  /** Parameters of the payment method, what a person calls them, an account that pays. */
  fields: readonly (readonly [name: string, label: string, example: string])[]
  /** Test accounts to try. */
  hint: Html
}

const banks: Record<string, Bank> = {
  us_bank_account: {
    label: 'US bank account',
    fields: [
      ['routing_number', 'Routing number', '110000000'],
      ['account_number', 'Account number', '000123456789'],
    ],
    hint: html`<code>000123456789</code> pays, <code>000222222227</code> has insufficient funds.`,
  },
  sepa_debit: {
    label: 'SEPA Direct Debit',
    fields: [['iban', 'IBAN', 'AT61 1904 3002 3457 3201']],
    hint: html`<code>AT611904300234573201</code> pays, <code>AT861904300235473202</code> fails.`,
  },
  bacs_debit: {
    label: 'Bacs Direct Debit',
    fields: [
      ['sort_code', 'Sort code', '108800'],
      ['account_number', 'Account number', '00012345'],
    ],
    hint: html`<code>00012345</code> pays, <code>22222227</code> has insufficient funds.`,
  },
  au_becs_debit: {
    label: 'BECS Direct Debit',
    fields: [
      ['bsb_number', 'BSB', '000000'],
      ['account_number', 'Account number', '000123456'],
    ],
    hint: html`<code>000123456</code> pays, <code>111111113</code> is closed.`,
  },
  acss_debit: {
    label: 'Canadian pre-authorised debit',
    fields: [
      ['institution_number', 'Institution number', '000'],
      ['transit_number', 'Transit number', '11000'],
      ['account_number', 'Account number', '000123456789'],
    ],
    hint: html`<code>000123456789</code> pays, <code>000222222227</code> has insufficient funds.`,
  },
}

const offered = ({ payment_method_types }: Session): string[] =>
  payment_method_types.filter((type) => isBankDebit(type) && banks[type])

/** The bank debit a person chose, where the session allows it; the only one where it allows nothing else. */
export function bankOf(session: Session, chosen: string | null): string | undefined {
  const types = offered(session)
  if (chosen !== null && types.includes(chosen)) return chosen
  return session.payment_method_types.includes('card') ? undefined : types[0]
}

/** Links to the other ways to pay; nothing where there is only one. */
export function methodTabs(session: Session, current: string | undefined): Html | false {
  const types = offered(session)
  const hasCard = session.payment_method_types.includes('card')
  if (types.length + (hasCard ? 1 : 0) < 2) return false
  const tab = (type: string | undefined, label: string) =>
    html`<a href="/c/pay/${session.id}${type && `?method=${type}`}"${type === current && html` aria-current="true"`}>${label}</a>`
  return html`<nav class="tabs" aria-label="Ways to pay">${hasCard && tab(undefined, 'Card')}${types.map((type) => tab(type, banks[type]!.label))}</nav>`
}

/** The fields of a bank account. */
export const bankFields = (type: string, name: string | undefined, refusal: Refusal | undefined): Html => html`
            <input type="hidden" name="method" value="${type}">
            <fieldset>
              <legend>${banks[type]!.label}</legend>
              ${banks[type]!.fields.map(([field, label, placeholder]) => input({ name: field, label, placeholder, refusal }))}
            </fieldset>
            ${input({ name: 'name', id: 'billingName', label: 'Name on the account', autocomplete: 'name', value: name, refusal })}
            <p class="muted">By continuing you allow ${'Sandbox Shop'} to debit this account.</p>`

export const bankHint = (type: string): Html => html`<p class="hint">Try ${banks[type]!.hint}
            A bank answers some seconds later; the shop is told then.</p>`

/** The payment method that a bank form describes. The account counts as verified, as it does when a person logs in to the bank. */
export function readBankForm(
  ctx: Context,
  form: URLSearchParams,
  type: string,
  email: string,
): PaymentMethod | Refusal {
  const details: Record<string, string> = {}
  for (const [field, label] of banks[type]!.fields) {
    const value = (form.get(field) ?? '').replace(/[\s-]/g, '')
    if (value === '') return { field, message: `Enter the ${label}.` }
    details[field] = value
  }
  const name = (form.get('name') ?? '').trim()
  if (name === '') return { field: 'name', message: 'Enter the name on the account.' }
  return refusable(() => {
    const method = makeMethod(ctx, { type, [type]: details, billing_details: { email, name } })
    markSetUp(ctx, method.id)
    return method
  })
}

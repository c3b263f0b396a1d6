import type { LineItem } from '../checkout/line-items.ts'
import type { Session } from '../checkout/session.ts'
import type { HttpAnswer } from '../http.ts'
import { formatMoney } from '../payment/money.ts'
import { type Html, html } from './html.ts'
import { merchant, page, testBadge } from './layout.ts'

/** What was typed and may be shown again; a card number and its security code never are. */
export interface Typed {
  email?: string
  name?: string
  expiry?: string
}

export type Field = 'email' | 'number' | 'expiry' | 'cvc' | 'name'

export interface Refusal {
  message: string
  /** The field to correct; absent when the bank refused. */
  field?: Field
}

/** The hosted checkout of an open session. */
export function renderCheckout(
  session: Session,
  items: readonly LineItem[],
  typed: Typed,
  refusal?: Refusal,
): HttpAnswer {
  const title = session.mode === 'setup' ? 'Save a payment method' : `Pay ${merchant}`
  return page({
    title: refusal ? `Error: ${refusal.message} – ${title}` : title,
    status: refusal ? 402 : 200,
    body: html`<body class="checkout">
    <main>
      ${summary(session, items)}
      <section class="pay" aria-labelledby="pay-title">
        <div class="inner">
          <h2 id="pay-title">${session.mode === 'setup' ? 'Card to save' : 'Pay with card'}</h2>
          ${refusal && html`<p class="alert" role="alert" id="problem"><strong>${headline(session)}</strong> ${refusal.message}</p>`}
          ${form(session, typed, refusal)}
          <p class="hint">Try <code>4242 4242 4242 4242</code>, any future date and any three digits.
            <code>4000 0000 0000 0002</code> is declined, <code>4000 0027 6000 3184</code> asks for 3-D Secure.</p>
        </div>
      </section>
    </main>
  </body>`,
  })
}

const headline = ({ mode }: Session): string =>
  mode === 'setup' ? 'The card was not saved.' : 'The payment did not go through.'

function summary(session: Session, items: readonly LineItem[]): Html {
  const back = session.cancel_url
  return html`<section class="summary" aria-labelledby="summary-title">
        <div class="inner">
          <header>
            ${back && html`<a class="back" href="${back}" aria-label="Back to ${merchant}"><span aria-hidden="true">←</span></a>`}
            <span class="mark" aria-hidden="true">S</span>
            <span class="shop">${merchant}</span>
            ${testBadge}
          </header>
          <h1 id="summary-title">
            <span class="what">${purpose(session, items)}</span>
            ${session.amount_total !== null && html`<span class="total">${money(session, session.amount_total)}${every(items)}</span>`}
          </h1>
          ${items.length > 0 && itemList(session, items)}
        </div>
      </section>`
}

const money = ({ currency }: Session, amount: number): string => formatMoney(amount, currency ?? 'usd')

function purpose({ mode }: Session, items: readonly LineItem[]): string {
  if (mode === 'setup') return 'Save a payment method for later. Nothing is charged now.'
  const [only] = items
  const name = items.length === 1 ? (only?.description ?? merchant) : merchant
  return mode === 'subscription' ? `Subscribe to ${name}` : `Pay ${name}`
}

function every(items: readonly LineItem[]): Html | false {
  const recurring = items.find(({ price }) => price?.recurring)?.price?.recurring
  if (!recurring) return false
  const { interval, interval_count } = recurring
  return html` <small>per ${interval_count === 1 ? interval : `${interval_count} ${interval}s`}</small>`
}

const itemList = (session: Session, items: readonly LineItem[]): Html => html`<ul class="items">
            ${items.map(
              (item) => html`<li>
              <span class="item">${item.description ?? 'Item'}${item.quantity !== null && html`<small>Qty ${item.quantity}</small>`}</span>
              <span class="amount">${money(session, item.amount_total)}${each(session, item)}</span>
            </li>`,
            )}
          </ul>
          <dl class="sums">
            <div><dt>Subtotal</dt><dd>${money(session, session.amount_subtotal ?? 0)}</dd></div>
            ${sum(session, 'Discount', -(session.total_details?.amount_discount ?? 0))}
            ${sum(session, 'Tax', session.total_details?.amount_tax ?? 0)}
            <div class="due"><dt>Total due</dt><dd>${money(session, session.amount_total ?? 0)}</dd></div>
          </dl>`

const sum = (session: Session, label: string, amount: number): Html | false =>
  amount !== 0 && html`<div><dt>${label}</dt><dd>${money(session, amount)}</dd></div>`

const each = (session: Session, { price, quantity }: LineItem): Html | false =>
  price?.unit_amount != null && (quantity ?? 0) > 1 && html`<small>${money(session, price.unit_amount)} each</small>`

function form(session: Session, typed: Typed, refusal: Refusal | undefined): Html {
  const known = session.customer_email ?? session.customer_details?.email ?? typed.email
  return html`<form method="post" action="/c/pay/${session.id}" novalidate>
            ${input({ name: 'email', label: 'Email', type: 'email', autocomplete: 'email', value: known, readonly: session.customer_email !== null, refusal })}
            <fieldset>
              <legend>Card information</legend>
              ${input({ name: 'number', label: 'Card number', inputmode: 'numeric', autocomplete: 'cc-number', placeholder: '1234 1234 1234 1234', refusal })}
              <div class="pair">
                ${input({ name: 'expiry', label: 'Expiry date', inputmode: 'numeric', autocomplete: 'cc-exp', placeholder: 'MM / YY', value: typed.expiry, refusal })}
                ${input({ name: 'cvc', label: 'Security code', inputmode: 'numeric', autocomplete: 'cc-csc', placeholder: 'CVC', refusal })}
              </div>
            </fieldset>
            ${input({ name: 'name', label: 'Name on card', autocomplete: 'cc-name', value: typed.name, refusal })}
            <button type="submit">${button(session)}</button>
            ${session.cancel_url && html`<p class="cancel"><a href="${session.cancel_url}">Cancel and go back</a></p>`}
          </form>`
}

function button(session: Session): string {
  if (session.mode === 'setup') return 'Save card'
  if (session.mode === 'subscription') return 'Subscribe'
  return `Pay ${money(session, session.amount_total ?? 0)}`
}

interface Input {
  name: Field
  label: string
  type?: string
  inputmode?: string
  autocomplete: string
  placeholder?: string
  value?: string | null | undefined
  readonly?: boolean
  refusal: Refusal | undefined
}

function input({
  autocomplete,
  inputmode,
  label,
  name,
  placeholder,
  readonly = false,
  refusal,
  type = 'text',
  value,
}: Input): Html {
  const wrong = refusal?.field === name
  return html`<label class="field${wrong && ' wrong'}">
              <span>${label}</span>
              <input name="${name}" type="${type}" autocomplete="${autocomplete}" value="${value ?? ''}" required maxlength="200"
                ${inputmode && html`inputmode="${inputmode}"`} ${placeholder && html`placeholder="${placeholder}"`}
                ${readonly && html`readonly`} ${wrong && html`aria-invalid="true" aria-describedby="problem" autofocus`}>
            </label>`
}

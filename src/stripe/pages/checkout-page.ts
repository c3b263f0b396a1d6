import { quantityBounds } from '../checkout/adjust.ts'
import type { LineItem } from '../checkout/line-items.ts'
import type { Session } from '../checkout/session.ts'
import type { HttpAnswer } from '../http.ts'
import { formatMoney } from '../payment/money.ts'
import { bankFields, bankHint, methodTabs } from './bank-form.ts'
import { addressFields, cardFields, cardHint, type Refusal, type Typed } from './card-form.ts'
import { type Html, html } from './html.ts'
import { alert, input } from './input.ts'
import { merchant, page, testBadge } from './layout.ts'

export interface CheckoutView {
  session: Session
  items: readonly LineItem[]
  /** Days before a subscription is charged for the first time. */
  trialDays: number
  /** What the customer typed to get the discount. */
  code?: string | undefined
  /** The bank debit that was chosen instead of a card. */
  bank?: string | undefined
  /** The page asks for the billing address. */
  asksAddress: boolean
  typed?: Typed
  refusal?: (Refusal & { headline?: string }) | undefined
}

/** The hosted checkout of an open session. */
export function renderCheckout(view: CheckoutView): HttpAnswer {
  const { bank, refusal, session } = view
  const title = session.mode === 'setup' ? 'Save a payment method' : `Pay ${merchant}`
  const way = bank ? 'Pay by bank debit' : 'Pay with card'
  return page({
    title: refusal ? `Error: ${refusal.message} – ${title}` : title,
    status: refusal ? 402 : 200,
    isFrameable: isEmbedded(session),
    body: html`<body class="checkout">
    <main>
      ${summary(view)}
      <section class="pay" aria-labelledby="pay-title">
        <div class="inner">
          <h2 id="pay-title">${session.mode === 'setup' ? (bank ? 'Bank account to save' : 'Card to save') : way}</h2>
          ${alert(refusal?.headline ?? headline(session), refusal)}
          ${methodTabs(session, bank)}
          ${form(view)}
          ${bank ? bankHint(bank) : cardHint}
        </div>
      </section>
    </main>
  </body>`,
  })
}

/** Sessions without a page of their own live in the shop's, which may show theirs in a frame. */
export const isEmbedded = ({ ui_mode }: Session): boolean => !['hosted', 'hosted_page'].includes(String(ui_mode))

const headline = ({ mode }: Session): string =>
  mode === 'setup' ? 'The card was not saved.' : 'The payment did not go through.'

function summary(view: CheckoutView): Html {
  const { items, session, trialDays } = view
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
            <span class="what">${purpose(view)}</span>
            ${session.amount_total !== null && trialDays === 0 && html`<span class="total">${money(session, session.amount_total)}${every(items)}</span>`}
            ${
              trialDays > 0 &&
              html`<span class="total">${trialDays} ${trialDays === 1 ? 'day' : 'days'} free</span>
            <span class="what">Then ${money(session, session.amount_total ?? 0)}${every(items)}</span>`
            }
          </h1>
          ${items.length > 0 && itemList(view)}
        </div>
      </section>`
}

const money = ({ currency }: Session, amount: number): string => formatMoney(amount, currency ?? 'usd')

function purpose({ items, session: { mode }, trialDays }: CheckoutView): string {
  if (mode === 'setup') return 'Save a payment method for later. Nothing is charged now.'
  const [only] = items
  const name = items.length === 1 ? (only?.description ?? merchant) : merchant
  if (mode !== 'subscription') return `Pay ${name}`
  return trialDays > 0 ? `Try ${name}` : `Subscribe to ${name}`
}

function every(items: readonly LineItem[]): Html | false {
  const recurring = items.find(({ price }) => price?.recurring)?.price?.recurring
  if (!recurring) return false
  const { interval, interval_count } = recurring
  return html` <small>per ${interval_count === 1 ? interval : `${interval_count} ${interval}s`}</small>`
}

const itemList = (view: CheckoutView): Html => {
  const { items, session, trialDays } = view
  return html`<ul class="items">
            ${items.map(
              (item) => html`<li>
              <span class="item">${item.description ?? 'Item'}${quantity(session, item)}</span>
              <span class="amount">${money(session, item.amount_subtotal)}${each(session, item)}</span>
            </li>`,
            )}
          </ul>
          <dl class="sums">
            <div><dt>Subtotal</dt><dd>${money(session, session.amount_subtotal ?? 0)}</dd></div>
            ${sum(session, 'Discount', -(session.total_details?.amount_discount ?? 0))}
            ${sum(session, 'Tax', session.total_details?.amount_tax ?? 0)}
            ${trialDays > 0 && html`<div><dt>Due after the trial</dt><dd>${money(session, session.amount_total ?? 0)}</dd></div>`}
            <div class="due"><dt>${session.mode === 'subscription' ? 'Total due today' : 'Total due'}</dt><dd>${money(session, trialDays > 0 ? 0 : (session.amount_total ?? 0))}</dd></div>
          </dl>
          ${session.allow_promotion_codes && promotion(view)}`
}

const quantity = (session: Session, item: LineItem): Html | false => {
  const bounds = quantityBounds(item)
  if (!bounds) return item.quantity !== null && html`<small>Qty ${item.quantity}</small>`
  return html`<form class="inline" method="post" action="/c/pay/${session.id}">
                <input type="hidden" name="action" value="quantity"><input type="hidden" name="item" value="${item.id}">
                <label>Quantity <input type="number" name="quantity" value="${item.quantity ?? 1}" min="${bounds.minimum}" max="${bounds.maximum}" required></label>
                <button class="quiet small">Update</button>
              </form>`
}

const promotion = ({ code, refusal, session }: CheckoutView): Html =>
  code
    ? html`<form class="inline promotion" method="post" action="/c/pay/${session.id}">
            <input type="hidden" name="action" value="remove_promotion">
            <span class="tag">${code}</span> <button class="quiet small">Remove</button>
          </form>`
    : html`<form class="inline promotion" method="post" action="/c/pay/${session.id}" novalidate>
            <input type="hidden" name="action" value="promotion">
            ${input({ name: 'promotion_code', id: 'promotionCode', label: 'Promotion code', refusal })}
            <button class="quiet small">Apply</button>
          </form>`

const sum = (session: Session, label: string, amount: number): Html | false =>
  amount !== 0 && html`<div><dt>${label}</dt><dd>${money(session, amount)}</dd></div>`

const each = (session: Session, { price, quantity }: LineItem): Html | false =>
  price?.unit_amount != null && (quantity ?? 0) > 1 && html`<small>${money(session, price.unit_amount)} each</small>`

function form({ asksAddress, bank, refusal, session, trialDays, typed = {} }: CheckoutView): Html {
  const known = session.customer_email ?? session.customer_details?.email ?? typed.email
  return html`<form method="post" action="/c/pay/${session.id}" novalidate>
            ${input({ name: 'email', id: 'email', label: 'Email', type: 'email', autocomplete: 'email', value: known, readonly: session.customer_email !== null, refusal })}
            ${bank ? bankFields(bank, typed.name, refusal) : cardFields(typed, refusal)}
            ${asksAddress && !bank && addressFields(typed, refusal)}
            <button type="submit" data-testid="hosted-payment-submit-button">${button(session, trialDays)}</button>
            ${session.mode === 'subscription' && html`<p class="muted">${terms(session, trialDays)}</p>`}
            ${session.cancel_url && html`<p class="cancel"><a href="${session.cancel_url}">Cancel and go back</a></p>`}
          </form>`
}

const terms = (session: Session, trialDays: number): string =>
  trialDays > 0
    ? `Nothing is charged for ${trialDays} ${trialDays === 1 ? 'day' : 'days'}. After that ${merchant} charges ${money(session, session.amount_total ?? 0)}, and again at each renewal, until you cancel.`
    : `${merchant} charges you again at each renewal, until you cancel.`

function button(session: Session, trialDays: number): string {
  if (session.mode === 'setup') return 'Save card'
  if (session.mode === 'subscription') return trialDays > 0 ? 'Start trial' : 'Subscribe'
  return `Pay ${money(session, session.amount_total ?? 0)}`
}

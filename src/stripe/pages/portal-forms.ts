import type { HttpAnswer } from '../http.ts'
import type { Invoice } from '../invoicing/draft.ts'
import { formatMoney } from '../payment/money.ts'
import type { Choice } from '../portal/actions.ts'
import type { PlanChoice, SubscriptionView } from '../portal/overview.ts'
import { cardFields, cardHint, type Refusal, type Typed } from './card-form.ts'
import { type Html, html } from './html.ts'
import { alert, input } from './input.ts'
import { formatDate } from './invoice-lines.ts'
import { merchant } from './layout.ts'
import { type Portal, portalPath, priceText, renderPortal } from './portal-page.ts'

/** A sheet with a form and the way back to the portal's first page. */
export function formPage(portal: Portal, title: string, body: Html, refusal?: Refusal): HttpAnswer {
  const heading = refusal ? `Error: ${refusal.message} – ${title}` : title
  return renderPortal(
    portal,
    heading,
    html`<section class="sheet" aria-labelledby="title">
        <p><a href="${portalPath(portal)}?stay=1">← Back to billing</a></p>
        <h1 class="title" id="title">${title}</h1>
        ${alert('That did not work.', refusal)}
        ${body}
      </section>`,
    refusal ? 402 : 200,
  )
}

const reasons: Record<string, string> = {
  customer_service: 'Customer service was less than expected',
  low_quality: 'Quality was less than expected',
  missing_features: 'Features are missing',
  other: 'Something else',
  switched_service: 'I switched to another service',
  too_complex: 'It is too complicated',
  too_expensive: 'It is too expensive',
  unused: "I don't use it enough",
}

export function renderCancel(portal: Portal, { subscription, items }: SubscriptionView): HttpAnswer {
  const { cancellation_reason: why, mode } = portal.configuration.features.subscription_cancel
  const end = Math.min(...items.map(({ current_period_end }) => current_period_end))
  const when =
    mode === 'immediately'
      ? 'It ends at once.'
      : `It stays as it is until ${formatDate(end)}, and is not charged again after that.`
  return formPage(
    portal,
    'Cancel subscription',
    html`<p>${when}</p>
        <form method="post" action="${portalPath(portal, `/subscriptions/${subscription.id}/cancel`)}">
          ${
            why.enabled &&
            html`<fieldset><legend>Why do you cancel? (optional)</legend>
            ${why.options.map((option) => html`<label class="choice"><input type="radio" name="feedback" value="${option}"> <span>${reasons[option] ?? option}</span></label>`)}
          </fieldset>
          ${input({ name: 'comment', label: 'Anything else? (optional)', optional: true })}`
          }
          <button type="submit">Cancel subscription</button>
        </form>`,
  )
}

export function renderPlans(
  portal: Portal,
  view: SubscriptionView,
  choices: readonly PlanChoice[],
  refusal?: Refusal,
): HttpAnswer {
  const quantity = choices.find((each) => each.quantity)?.quantity
  const [item] = view.items
  const preselected = choices.find(({ isCurrent }) => isCurrent) ?? choices[0]
  return formPage(
    portal,
    'Change plan',
    html`<form method="post" action="${portalPath(portal, `/subscriptions/${view.subscription.id}/update`)}">
          <fieldset><legend>Plan</legend>
            ${choices.map(
              ({
                isCurrent,
                price,
                product,
              }) => html`<label class="choice"><input type="radio" name="price" value="${price.id}" required${price.id === preselected?.price.id && html` checked`}>
              <span>${product}<small>${priceText(price)}${isCurrent && ' · your plan now'}</small></span></label>`,
            )}
          </fieldset>
          ${quantity && html`<label class="field"><span>Quantity</span><input type="number" name="quantity" value="${item?.quantity ?? 1}" min="${quantity.minimum}" max="${quantity.maximum}"></label>`}
          <button type="submit">Continue</button>
        </form>`,
    refusal,
  )
}

/** What the change costs, before it is made. */
export function renderConfirm(
  portal: Portal,
  view: SubscriptionView,
  { price, product }: PlanChoice,
  choice: Choice,
  invoice: Invoice,
  refusal?: Refusal,
): HttpAnswer {
  const isNow = invoice.billing_reason === 'subscription_update'
  const amount = formatMoney(invoice.amount_due, invoice.currency)
  return formPage(
    portal,
    'Confirm your change',
    html`<dl class="facts">
          <div><dt>New plan</dt><dd>${product}${choice.quantity !== undefined && ` × ${choice.quantity}`}</dd></div>
          <div><dt>Price</dt><dd>${priceText(price)}</dd></div>
          <div><dt>${isNow ? 'Due today' : `Next charge, ${formatDate(invoice.created)}`}</dt><dd>${amount}</dd></div>
        </dl>
        <table><thead><tr><th scope="col">${isNow ? 'Today' : 'Next invoice'}</th><th scope="col" class="number">Amount</th></tr></thead>
          <tbody>${invoice.lines.data.map((line) => html`<tr><td>${line.description}</td><td class="number">${formatMoney(line.amount, invoice.currency)}</td></tr>`)}</tbody>
        </table>
        <form class="spaced" method="post" action="${portalPath(portal, `/subscriptions/${view.subscription.id}/update`)}">
          <input type="hidden" name="price" value="${choice.price}">
          ${choice.quantity !== undefined && html`<input type="hidden" name="quantity" value="${choice.quantity}">`}
          <button type="submit" name="confirm" value="yes">Confirm</button>
        </form>`,
    refusal,
  )
}

export const renderNewCard = (portal: Portal, typed: Typed, refusal?: Refusal): HttpAnswer =>
  formPage(
    portal,
    'Add payment method',
    html`<form method="post" action="${portalPath(portal, '/payment-methods/new')}" novalidate>
          ${cardFields(typed, refusal)}
          <p class="muted">Your next charges are made to this card. You allow ${merchant} to charge it when you are not there.</p>
          <button type="submit">Add</button>
        </form>
        ${cardHint}`,
    refusal,
  )

/** The fields of a customer that the configuration lets a customer change. */
export const detailFields: Record<string, readonly (readonly [name: string, label: string, autocomplete: string])[]> = {
  name: [['name', 'Name', 'name']],
  email: [['email', 'Email', 'email']],
  phone: [['phone', 'Phone', 'tel']],
  address: [
    ['line1', 'Address', 'address-line1'],
    ['line2', 'Address, second line', 'address-line2'],
    ['city', 'City', 'address-level2'],
    ['state', 'State', 'address-level1'],
    ['postal_code', 'Postal code', 'postal-code'],
    ['country', 'Country (two letters)', 'country'],
  ],
}

export function renderDetails(portal: Portal, form?: URLSearchParams, refusal?: Refusal): HttpAnswer {
  const { customer } = portal
  const known: Record<string, unknown> = {
    ...customer.address,
    name: customer.name,
    email: customer.email,
    phone: customer.phone,
  }
  const allowed = portal.configuration.features.customer_update.allowed_updates
  return formPage(
    portal,
    'Update information',
    html`<form method="post" action="${portalPath(portal, '/customer')}" novalidate>
          ${allowed
            .flatMap((field) => detailFields[field] ?? [])
            .map(([name, label, autocomplete]) =>
              input({
                name,
                label,
                autocomplete,
                optional: true,
                value: form?.get(name) ?? String(known[name] ?? ''),
                refusal,
              }),
            )}
          <button type="submit">Save</button>
        </form>`,
    refusal,
  )
}

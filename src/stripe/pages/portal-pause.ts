import type { HttpAnswer } from '../http.ts'
import { formatMoney } from '../payment/money.ts'
import type { Choice } from '../portal/actions.ts'
import type { PlanChoice, SubscriptionView } from '../portal/overview.ts'
import { nextEndOf } from '../portal/overview.ts'
import { pauseChoices } from '../portal/pause.ts'
import { amountOf } from '../portal/planned.ts'
import type { Refusal } from './card-form.ts'
import { html } from './html.ts'
import { formatDate } from './invoice-lines.ts'
import { formPage } from './portal-forms.ts'
import { type Portal, portalPath, priceText } from './portal-page.ts'

/** How long to pause. */
export function renderPause(portal: Portal, { subscription }: SubscriptionView, refusal?: Refusal): HttpAnswer {
  const choices = pauseChoices(portal.configuration.features)
  return formPage(
    portal,
    'Pause subscription',
    html`<p>While it is paused you are not charged, and cannot use it. What you have paid for and not used is credited.</p>
        <form method="post" action="${portalPath(portal, `/subscriptions/${subscription.id}/pause`)}">
          <fieldset><legend>For how long?</legend>
            ${choices.map(({ title }, index) => html`<label class="choice"><input type="radio" name="duration" value="${index}"${index === 0 && html` checked`}> <span>${title}</span></label>`)}
          </fieldset>
          <button type="submit">Pause subscription</button>
        </form>`,
    refusal,
  )
}

/** A switch that waits for the end of the period: nothing is due now. */
export function renderPlanned(portal: Portal, view: SubscriptionView, plan: PlanChoice, choice: Choice): HttpAnswer {
  const { subscription, items } = view
  const at = nextEndOf(view)
  const amount = amountOf(subscription, plan.price, choice.quantity ?? items[0]?.quantity ?? 1)
  return formPage(
    portal,
    'Confirm your change',
    html`<dl class="facts">
          <div><dt>New plan</dt><dd>${plan.product}${choice.quantity !== undefined && ` × ${choice.quantity}`}</dd></div>
          <div><dt>Price</dt><dd>${priceText(plan.price)}</dd></div>
          <div><dt>Starts on</dt><dd>${formatDate(at)}</dd></div>
          <div><dt>Due today</dt><dd>${formatMoney(0, subscription.currency)}</dd></div>
          <div><dt>Charged on ${formatDate(at)}</dt><dd>${formatMoney(amount, subscription.currency)}</dd></div>
        </dl>
        <form class="spaced" method="post" action="${portalPath(portal, `/subscriptions/${subscription.id}/update`)}">
          <input type="hidden" name="price" value="${choice.price}">
          ${choice.quantity !== undefined && html`<input type="hidden" name="quantity" value="${choice.quantity}">`}
          <button type="submit" name="confirm" value="yes">Confirm</button>
        </form>`,
  )
}

import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import { formatMoney } from '../payment/money.ts'
import type { Configuration } from '../portal/configuration.ts'
import {
  type CardView,
  cardViews,
  invoicesOf,
  planChoices,
  type SubscriptionView,
  subscriptionViews,
} from '../portal/overview.ts'
import { canPause } from '../portal/pause.ts'
import type { PortalSession } from '../portal/session.ts'
import type { Price, Subscription } from '../subscription/record.ts'
import type { Stored } from '../wire.ts'
import { type Html, html } from './html.ts'
import { alert } from './input.ts'
import { formatDate } from './invoice-lines.ts'
import { merchant, page, testBadge } from './layout.ts'

/** What every page of the portal needs to know. */
export interface Portal {
  ctx: Context
  session: PortalSession
  configuration: Configuration
  customer: Stored<'customer'>
}

export const portalPath = ({ session }: Portal, rest = ''): string => `/p/session/${session.id}${rest}`

/** The frame of a portal page: way back, body, the shop's own links. */
export function renderPortal(portal: Portal, title: string, body: Html, status = 200): HttpAnswer {
  const { business_profile: profile } = portal.configuration
  return page({
    title: `${title} – ${merchant}`,
    status,
    body: html`<body class="desk">
    <main>
      <header class="bar">
        ${portal.session.return_url && html`<a class="back" href="${portal.session.return_url}" aria-label="Return to ${merchant}"><span aria-hidden="true">←</span></a>`}
        <span class="mark" aria-hidden="true">S</span><span class="shop">${merchant}</span>${testBadge}
      </header>
      ${profile.headline && html`<p>${profile.headline}</p>`}
      ${body}
      <footer class="links">
        ${portal.session.return_url && html`<a href="${portal.session.return_url}">Return to ${merchant}</a>`}
        ${profile.terms_of_service_url && html`<a href="${profile.terms_of_service_url}">Terms</a>`}
        ${profile.privacy_policy_url && html`<a href="${profile.privacy_policy_url}">Privacy</a>`}
      </footer>
    </main>
  </body>`,
  })
}

const done: Record<string, string> = {
  canceled: 'Your subscription is canceled.',
  ending: 'Your subscription will end with its current period.',
  kept: 'Your subscription goes on.',
  switched: 'Your plan was changed.',
  planned: 'Your plan will change at the end of the period.',
  stayed: 'Your plan stays as it is.',
  paused: 'Your subscription is paused.',
  resumed: 'Your subscription goes on.',
  card: 'Your payment method was saved.',
  default: 'Your default payment method was changed.',
  removed: 'The payment method was removed.',
  details: 'Your details were saved.',
}

/** The first page: subscriptions, payment methods, details, invoices, as far as the configuration shows them. */
export function renderPortalHome(portal: Portal, notice: string | null, problem?: { message: string }): HttpAnswer {
  const { features } = portal.configuration
  const said = done[notice ?? '']
  return renderPortal(
    portal,
    'Billing',
    html`<h1 class="title">Billing</h1>
      ${said && html`<p class="note" role="status">${said}</p>`}
      ${alert('That did not work.', problem)}
      ${subscriptions(portal)}
      ${features.payment_method_update.enabled && methods(portal)}
      ${features.customer_update.enabled && details(portal)}
      ${features.invoice_history.enabled && invoices(portal)}`,
    problem ? 402 : 200,
  )
}

function subscriptions(portal: Portal): Html {
  const views = subscriptionViews(portal.ctx, portal.customer.id)
  return html`<section class="sheet" aria-labelledby="plans">
        <h2 id="plans">${views.length > 1 ? 'Subscriptions' : 'Subscription'}</h2>
        ${views.length === 0 && html`<p class="muted">You have no subscription.</p>`}
        ${views.map((view) => subscription(portal, view))}
      </section>`
}

function subscription(portal: Portal, view: SubscriptionView): Html {
  const { ctx, configuration } = portal
  const { endsAt, items, next, paysWith, planned, resumesAt, subscription: plan } = view
  const path = portalPath(portal, `/subscriptions/${plan.id}`)
  const isEnding = endsAt !== undefined
  const choices = planChoices(ctx, configuration.features, view)
  return html`<article class="entry">
          <div class="head"><h3>${items.map(({ price }) => productName(ctx, price)).join(', ')}</h3><span class="state ${isEnding ? 'ending' : plan.status}">${isEnding ? 'Ending' : stateOf(plan)}</span></div>
          ${items.map(({ price, quantity }) => html`<p>${priceText(price)}${quantity !== undefined && quantity > 1 && ` × ${quantity}`}</p>`)}
          ${planned && html`<p>Changes to ${productName(ctx, planned.price)}, ${priceText(planned.price)}, on ${formatDate(planned.at)}.</p>`}
          <p class="muted">${
            endsAt !== undefined
              ? `Ends on ${formatDate(endsAt)}.`
              : next && `Next charge: ${formatMoney(next.amount, plan.currency)} on ${formatDate(next.at)}.`
          }${resumesAt !== undefined && `Resumes on ${formatDate(resumesAt)}.`}${paysWith && ` Pays with ${methodName(paysWith)}.`}</p>
          <div class="actions">
            ${choices.length > 0 && !isEnding && html`<a class="button small" href="${path}/update">Change plan</a>`}
            ${planned && plan.status !== 'paused' && configuration.features.subscription_update.enabled && html`<form method="post" action="${path}/stay"><button class="small">Don't change plan</button></form>`}
            ${plan.status === 'paused' && configuration.features.subscription_pause.enabled && html`<form method="post" action="${path}/continue"><button class="small">Resume subscription</button></form>`}
            ${canPause(configuration.features, plan) && html`<a class="button quiet small" href="${path}/pause">Pause subscription</a>`}
            ${isEnding && configuration.features.subscription_cancel.enabled && html`<form method="post" action="${path}/resume"><button class="small">Don't cancel</button></form>`}
            ${!isEnding && configuration.features.subscription_cancel.enabled && html`<a class="button quiet small" href="${path}/cancel">Cancel subscription</a>`}
          </div>
        </article>`
}

const states: Record<string, string> = {
  active: 'Active',
  trialing: 'Trial',
  past_due: 'Past due',
  unpaid: 'Unpaid',
  incomplete: 'Incomplete',
  paused: 'Paused',
}

const stateOf = ({ status, trial_end }: Subscription): string =>
  status === 'trialing' && trial_end ? `Trial until ${formatDate(trial_end)}` : (states[status] ?? status)

const productName = (ctx: Context, { nickname, product }: Price): string =>
  ctx.tables.product.get(product)?.name ?? nickname ?? 'Plan'

/** `$19.00 per month`, `every 3 months` … */
export function priceText({ currency, recurring, unit_amount }: Price): string {
  const amount = unit_amount === null ? 'Variable price' : formatMoney(unit_amount, currency)
  if (!recurring) return amount
  const { interval, interval_count: count } = recurring
  return `${amount} ${count === 1 ? `per ${interval}` : `every ${count} ${interval}s`}`
}

/** `Visa •••• 4242` */
function methodName({ card, type, us_bank_account, sepa_debit }: CardView['method']): string {
  const name = card ? `${card.brand.charAt(0).toUpperCase()}${card.brand.slice(1)}` : type.replaceAll('_', ' ')
  return `${name} •••• ${card?.last4 ?? us_bank_account?.last4 ?? sepa_debit?.last4 ?? ''}`
}

function methods(portal: Portal): Html {
  const views = cardViews(portal.ctx, portal.customer)
  return html`<section class="sheet" aria-labelledby="methods">
        <h2 id="methods">Payment methods</h2>
        ${views.map(({ isDefault, method }) => {
          const path = portalPath(portal, `/payment-methods/${method.id}`)
          return html`<div class="entry line">
          <span>${methodName(method)}${method.card && html` <small>expires ${String(method.card.exp_month).padStart(2, '0')}/${method.card.exp_year}</small>`}</span>
          ${isDefault && html`<span class="state paid">Default</span>`}
          ${
            !isDefault &&
            html`<form class="inline" method="post" action="${path}"><button class="quiet small" name="action" value="default" aria-label="Make ${methodName(method)} the default">Make default</button><button class="quiet small" name="action" value="remove" aria-label="Remove ${methodName(method)}">Remove</button></form>`
          }
        </div>`
        })}
        <p class="actions"><a class="button quiet small" href="${portalPath(portal, '/payment-methods/new')}">Add payment method</a></p>
      </section>`
}

function details(portal: Portal): Html {
  const { address, email, name, phone } = portal.customer
  const place = [
    address?.line1,
    address?.line2,
    [address?.postal_code, address?.city].filter(Boolean).join(' '),
    address?.state,
    address?.country,
  ]
  const rows = [
    ['Name', name],
    ['Email', email],
    ['Phone', phone],
    ['Address', place.filter(Boolean).join(', ')],
  ] as const
  return html`<section class="sheet" aria-labelledby="details">
        <h2 id="details">Billing information</h2>
        <dl class="facts">${rows.map(([label, value]) => value && html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
        <p class="actions"><a class="button quiet small" href="${portalPath(portal, '/customer')}">Update information</a></p>
      </section>`
}

function invoices(portal: Portal): Html {
  const found = invoicesOf(portal.ctx, portal.customer.id)
  return html`<section class="sheet" aria-labelledby="invoices">
        <h2 id="invoices">Invoice history</h2>
        ${found.length === 0 && html`<p class="muted">There are no invoices yet.</p>`}
        ${
          found.length > 0 &&
          html`<table>
          <thead><tr><th scope="col">Date</th><th scope="col" class="number">Amount</th><th scope="col">Status</th></tr></thead>
          <tbody>${found.map(
            ({ created, currency, hosted_invoice_url, status, total }) => html`
            <tr><td><a href="${hosted_invoice_url}">${formatDate(created)}</a></td><td class="number">${formatMoney(total, currency)}</td><td><span class="state ${status}">${status && status.charAt(0).toUpperCase() + status.slice(1)}</span></td></tr>`,
          )}
          </tbody>
        </table>`
        }
      </section>`
}

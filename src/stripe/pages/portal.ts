import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import { onClock } from '../invoicing/time.ts'
import {
  addCard,
  cancelPlan,
  keepPlan,
  notAllowed,
  payWith,
  previewPlan,
  removeCard,
  switchPlan,
  updateCustomer,
} from '../portal/actions.ts'
import { planChoices, type SubscriptionView, subscriptionViews } from '../portal/overview.ts'
import { canPause, pausePlan, unpausePlan } from '../portal/pause.ts'
import { dropPlanned, waitsForPeriodEnd } from '../portal/planned.ts'
import { isPortalOpen, markPortalUsed } from '../portal/session.ts'
import { isRefusal, type Refusal, readCardForm, refusable, typedOf } from './card-form.ts'
import { seeOther } from './layout.ts'
import { renderNotice } from './notice-page.ts'
import { detailFields, renderCancel, renderConfirm, renderDetails, renderNewCard, renderPlans } from './portal-forms.ts'
import { type Portal, portalPath, renderPortalHome } from './portal-page.ts'
import { renderPause, renderPlanned } from './portal-pause.ts'
import { ownerOf, type PageVisit } from './visit.ts'

/** The billing portal of one customer, `/p/session/bps_1/…`; undefined for other paths. */
export function answerPortal(visit: PageVisit): HttpAnswer | undefined {
  const [, id, rest = ''] = /^\/p\/session\/(bps_[A-Za-z0-9]{1,60})(\/.*)?$/.exec(visit.path) ?? []
  const account = id === undefined ? undefined : ownerOf(visit.sandbox, 'billing_portal.session', id)
  if (!id || !account) return undefined
  return visit.sandbox.within(account.id, (context) => enter(context, id, rest, visit))
}

function enter(context: Context, id: string, rest: string, visit: PageVisit): HttpAnswer | undefined {
  const session = context.tables['billing_portal.session'].need(id)
  const customer = context.tables.customer.get(session.customer)
  if (!customer || !isPortalOpen(context, session))
    return renderNotice({
      title: 'This link has expired',
      text: 'Links to the billing portal are good for a short time. Open it from the shop again.',
      status: 410,
      symbol: '!',
      link: session.return_url ? { url: session.return_url, text: 'Back to the shop' } : undefined,
    })
  markPortalUsed(context, session)
  const configuration = context.tables['billing_portal.configuration'].need(session.configuration)
  const portal = { ctx: onClock(context, customer.test_clock), session, configuration, customer }
  const result = refusable(() => answer(portal, rest, visit))
  return result && isRefusal(result) ? renderPortalHome(portal, null, result) : result
}

function answer(portal: Portal, rest: string, { form, isPost, query }: PageVisit): HttpAnswer | undefined {
  const { features } = portal.configuration
  const [, subscription, step] =
    /^\/subscriptions\/(sub_\w+)\/(cancel|continue|pause|resume|stay|update)$/.exec(rest) ?? []
  if (subscription && step) return answerSubscription(portal, subscription, step, isPost ? form : undefined)
  if (rest === '/customer' && features.customer_update.enabled)
    return isPost ? saveDetails(portal, form) : renderDetails(portal)
  if (rest.startsWith('/payment-methods/') && features.payment_method_update.enabled)
    return answerMethods(portal, rest.slice('/payment-methods/'.length), isPost ? form : undefined, query)
  if (rest !== '' && rest !== '/') return undefined
  const start = query.has('done') || query.has('stay') ? undefined : flowStart(portal)
  return start ? seeOther(portal.ctx.url(portalPath(portal, start))) : renderPortalHome(portal, query.get('done'))
}

/** Where a session with a flow begins. */
function flowStart({ session: { flow } }: Portal): string | undefined {
  if (!flow) return undefined
  const { subscription_cancel, subscription_pause, subscription_update, subscription_update_confirm, type } = flow
  if (type === 'payment_method_update') return '/payment-methods/new'
  if (type === 'customer_update') return '/customer'
  if (subscription_cancel) return `/subscriptions/${subscription_cancel.subscription}/cancel`
  if (subscription_pause) return `/subscriptions/${subscription_pause.subscription}/pause`
  const update = subscription_update ?? subscription_update_confirm
  return update ? `/subscriptions/${update.subscription}/update` : undefined
}

/** After something was done: where the flow says, else the first page, which says what happened. */
function finish(portal: Portal, what: string): HttpAnswer {
  const { after_completion: after } = portal.session.flow ?? {}
  if (after?.type === 'redirect' && after.redirect) return seeOther(after.redirect.return_url)
  if (after?.type !== 'hosted_confirmation') return seeOther(portal.ctx.url(`${portalPath(portal)}?done=${what}`))
  const back = portal.session.return_url
  return renderNotice({
    title: 'Done',
    text: after.hosted_confirmation?.custom_message ?? 'Your change was saved.',
    symbol: '✓',
    link: back ? { url: back, text: 'Back to the shop' } : undefined,
  })
}

function answerSubscription(portal: Portal, id: string, step: string, form: URLSearchParams | undefined) {
  const { ctx, configuration, customer } = portal
  const { features } = configuration
  const view = subscriptionViews(ctx, customer.id).find(({ subscription }) => subscription.id === id)
  if (!view) return undefined
  if (step === 'update') return answerUpdate(portal, view, form)
  if (step === 'pause' || step === 'continue') return answerPause(portal, view, step, form)
  if (step === 'stay' && form && features.subscription_update.enabled) {
    dropPlanned(ctx, view.subscription)
    return finish(portal, 'stayed')
  }
  if (!features.subscription_cancel.enabled) throw notAllowed('Canceling a subscription')
  if (step === 'cancel' && !form) return renderCancel(portal, view)
  if (!form) return undefined
  if (step === 'resume') {
    keepPlan(ctx, view.subscription)
    return finish(portal, 'kept')
  }
  cancelPlan(ctx, view.subscription, features, {
    feedback: form.get('feedback') ?? undefined,
    comment: form.get('comment') ?? undefined,
  })
  return finish(portal, features.subscription_cancel.mode === 'immediately' ? 'canceled' : 'ending')
}

function answerPause(portal: Portal, view: SubscriptionView, step: string, form: URLSearchParams | undefined) {
  const { ctx, configuration } = portal
  const { features } = configuration
  const { subscription } = view
  if (step === 'continue') {
    if (!form) return undefined
    unpausePlan(ctx, subscription, features)
    return finish(portal, 'resumed')
  }
  if (!canPause(features, subscription)) throw notAllowed('Pausing this subscription')
  if (!form) return renderPause(portal, view)
  const refusal = refusable(() => pausePlan(ctx, subscription, features, Number(form.get('duration') ?? '')))
  return refusal ? renderPause(portal, view, refusal) : finish(portal, 'paused')
}

/** Choose a plan, see what it costs, confirm. */
function answerUpdate(portal: Portal, view: SubscriptionView, form: URLSearchParams | undefined): HttpAnswer {
  const { ctx, configuration, session } = portal
  const { features } = configuration
  const choices = planChoices(ctx, features, view)
  if (choices.length === 0) throw notAllowed('Changing the plan of this subscription')
  const asked = session.flow?.subscription_update_confirm?.items[0]
  const price = form?.get('price') ?? asked?.price
  if (!price) return renderPlans(portal, view, choices)
  const chosen = choices.find((each) => each.price.id === price)
  if (!chosen) return renderPlans(portal, view, choices, { message: 'Choose one of these plans.' })
  const typed = form?.get('quantity') ?? asked?.quantity
  const quantity = chosen.quantity && typed ? Number(typed) : undefined
  const { maximum, minimum } = chosen.quantity ?? { maximum: 0, minimum: 0 }
  if (quantity !== undefined && !(Number.isInteger(quantity) && quantity >= minimum && quantity <= maximum))
    return renderPlans(portal, view, choices, { message: `Enter a quantity between ${minimum} and ${maximum}.` })
  const [item] = view.items
  if (chosen.isCurrent && (quantity === undefined || quantity === item?.quantity))
    return renderPlans(portal, view, choices, { message: 'This is your plan already.' })
  const choice = { price, quantity }
  const confirmed = form?.get('confirm') === 'yes'
  const refusal = confirmed ? refusable(() => switchPlan(ctx, view.subscription, features, choice)) : undefined
  const waits = waitsForPeriodEnd(ctx, view.subscription, features, choice)
  if (confirmed && !refusal) return finish(portal, waits ? 'planned' : 'switched')
  if (waits) return renderPlanned(portal, view, chosen, choice)
  const invoice = previewPlan(ctx, view.subscription, features, choice)
  return renderConfirm(portal, view, chosen, choice, invoice, refusal || undefined)
}

function answerMethods(portal: Portal, rest: string, form: URLSearchParams | undefined, query: URLSearchParams) {
  const { ctx, customer } = portal
  if (rest === 'return') return afterChallenge(portal, query.get('setup_intent') ?? '')
  if (rest === 'new') return form ? saveCard(portal, form) : renderNewCard(portal, {})
  if (!form || !ctx.tables.payment_method.get(rest)) return undefined
  if (form.get('action') === 'remove') {
    removeCard(ctx, customer, rest)
    return finish(portal, 'removed')
  }
  payWith(ctx, customer, rest)
  return finish(portal, 'default')
}

function saveCard(portal: Portal, form: URLSearchParams): HttpAnswer {
  const { ctx, customer } = portal
  const method = readCardForm(ctx, form, customer.email)
  if (isRefusal(method)) return renderNewCard(portal, typedOf(form), method)
  const back = ctx.url(portalPath(portal, '/payment-methods/return'))
  const intent = refusable(() => addCard(ctx, customer, method, back))
  if (isRefusal(intent)) return renderNewCard(portal, typedOf(form), intent)
  const challenge = intent.next_action?.redirect_to_url?.url
  if (challenge) return seeOther(challenge)
  payWith(ctx, customer, method.id)
  return finish(portal, 'card')
}

function afterChallenge(portal: Portal, id: string): HttpAnswer {
  const { ctx, customer } = portal
  const intent = ctx.tables.setup_intent.get(id)
  if (intent?.customer !== customer.id || intent.status !== 'succeeded' || !intent.payment_method)
    return renderNewCard(
      portal,
      {},
      {
        message:
          'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
      },
    )
  payWith(ctx, customer, intent.payment_method)
  return finish(portal, 'card')
}

function saveDetails(portal: Portal, form: URLSearchParams): HttpAnswer {
  const { ctx, customer, configuration } = portal
  const allowed = configuration.features.customer_update.allowed_updates
  const refusal = wrongDetail(form, allowed)
  if (refusal) return renderDetails(portal, form, refusal)
  const text = (name: string) => form.get(name)?.trim() || null
  const plain = ['name', 'email', 'phone'].filter((name) => allowed.includes(name))
  const fields = Object.fromEntries(plain.map((name) => [name, text(name)]))
  const parts = (detailFields.address ?? []).map(([name]) => [name, text(name)] as const)
  const address = parts.some(([, value]) => value) ? Object.fromEntries(parts) : null
  updateCustomer(ctx, customer, { ...fields, ...(allowed.includes('address') && { address }) })
  return finish(portal, 'details')
}

function wrongDetail(form: URLSearchParams, allowed: readonly string[]): Refusal | undefined {
  const email = (form.get('email') ?? '').trim()
  if (allowed.includes('email') && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email))
    return { field: 'email', message: 'Enter a complete email address.' }
  const country = (form.get('country') ?? '').trim()
  if (allowed.includes('address') && country !== '' && !/^[A-Z]{2}$/.test(country))
    return { field: 'country', message: 'Enter the country as two capital letters, such as US.' }
  return undefined
}

import { integrationError, readSecret } from './api.js'
import { showChallenge } from './challenge.js'

const camel = { payment_intent: 'paymentIntent', setup_intent: 'setupIntent' }
const lastError = { payment_intent: 'last_payment_error', setup_intent: 'last_setup_error' }

/** `{ paymentIntent }`, `{ setupIntent }` or `{ error }`: what every confirmation resolves to. */
const resultOf = ({ kind }, { error, value }) => (error ? { error } : { [camel[kind]]: value })

export const retrieve = async (api, intent) =>
  resultOf(intent, await api.get(intent.path, { client_secret: intent.secret }))

/**
 * Confirms an intent and lets the customer do what is asked for. `follow: false` leaves that to the page. Details become a payment method
 * first: the parameters that the SDK lists for a confirmation know no card numbers.
 */
export async function confirmIntent(api, intent, { payment_method_data, ...params }, { follow = true } = {}) {
  if (payment_method_data) {
    const made = await api.post('/v1/payment_methods', payment_method_data)
    if (made.error) return { error: made.error }
    params.payment_method = made.value.id
  }
  const answer = await api.post(`${intent.path}/confirm`, {
    ...params,
    client_secret: intent.secret,
    use_stripe_sdk: true,
  })
  if (answer.error || !follow) return resultOf(intent, answer)
  return act(api, intent, answer.value)
}

/** Does the next action of an intent: a challenge over the page, or another page. */
export async function act(api, intent, value) {
  const action = value.next_action
  if (value.status !== 'requires_action' || !action) return resultOf(intent, { value })
  if (action.type === 'redirect_to_url') return leave(action.redirect_to_url.url)
  const url = action.use_stripe_sdk?.stripe_js
  if (!url) return resultOf(intent, { value })
  return showChallenge(url, async () => {
    const { [camel[intent.kind]]: current, error } = await retrieve(api, intent)
    if (error) return { error }
    if (current.status === 'requires_action') return undefined
    const failure = current.status === 'requires_payment_method' && current[lastError[intent.kind]]
    return failure ? { error: { ...failure, [intent.kind]: current } } : resultOf(intent, { value: current })
  })
}

export async function handleNextAction(api, method, secret, wanted) {
  const intent = readSecret(method, secret, wanted)
  const found = await retrieve(api, intent)
  return found.error ? found : act(api, intent, found[camel[intent.kind]])
}

/** Goes to another page; the promise stays open, as the page is about to be gone. */
export function leave(url) {
  window.location.assign(url)
  return new Promise(() => {})
}

/** After a confirmation that succeeded: back to the shop's own page, unless it only wants redirects where one is needed. */
export function finish(intent, result, returnUrl, redirect) {
  const value = result[camel[intent.kind]]
  if (!value || redirect === 'if_required') return result
  const url = new URL(returnUrl)
  url.searchParams.set(intent.kind, intent.id)
  url.searchParams.set(`${intent.kind}_client_secret`, intent.secret)
  url.searchParams.set('redirect_status', value.status === 'processing' ? 'pending' : 'succeeded')
  return leave(url.href)
}

export function needReturnUrl(method, returnUrl, redirect) {
  if (returnUrl || redirect === 'if_required') return
  throw integrationError(
    `Please call ${method} with \`confirmParams.return_url\`, or set \`redirect\` to \`if_required\` for payment methods that do not redirect.`,
  )
}

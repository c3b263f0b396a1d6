// The part of the stand-in that speaks to the sandbox. `sandboxOrigin` is put in front of all parts by the server.
/* global sandboxOrigin */

/** `{ card: { number: '4242' } }` -> `card[number]=4242`, as Stripe's API takes it. */
export function encodeForm(value, name = '', pairs = new URLSearchParams()) {
  if (value === undefined || value === null) return pairs
  if (typeof value !== 'object') {
    pairs.append(name, String(value))
    return pairs
  }
  for (const [key, item] of Object.entries(value)) encodeForm(item, name === '' ? key : `${name}[${key}]`, pairs)
  return pairs
}

/** Calls with a publishable key; what comes back is `{ value }` or `{ error }`, never a rejection. */
export function createApi(key, { apiVersion, stripeAccount } = {}) {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(apiVersion && { 'stripe-version': apiVersion }),
    ...(stripeAccount && { 'stripe-account': stripeAccount }),
  }
  async function call(method, path, params) {
    const form = encodeForm(params)
    const url = sandboxOrigin + path + (method === 'GET' ? `?${form}` : '')
    try {
      const answer = await fetch(url, { method, headers, ...(method === 'POST' && { body: form }) })
      const body = await answer.json()
      return answer.ok ? { value: body } : { error: body.error }
    } catch {
      const message = `The Stripe sandbox at ${sandboxOrigin} cannot be reached. Is it running?`
      return { error: { type: 'api_connection_error', message } }
    }
  }
  return { get: (path, params) => call('GET', path, params), post: (path, params) => call('POST', path, params) }
}

/** A mistake in the page's own code: thrown, as Stripe.js does, not returned. */
export function integrationError(message) {
  const error = new Error(message)
  error.name = 'IntegrationError'
  return error
}

/** The DOM element to mount on: itself, or the first that a selector matches. */
export function findTarget(where) {
  const target = typeof where === 'string' ? document.querySelector(where) : where
  if (target) return target
  throw integrationError(
    `The selector you specified (${where}) applies to no DOM elements that are currently on the page.`,
  )
}

/** `pi_1_secret_2` -> `{ kind: 'payment_intent', id: 'pi_1', path: '/v1/payment_intents/pi_1' }`; throws for anything else. */
export function readSecret(method, secret, wanted) {
  const [, id, prefix] = /^((pi|seti)_\w+?)_secret_\w+$/.exec(secret ?? '') ?? []
  const kind = prefix === 'seti' ? 'setup_intent' : 'payment_intent'
  if (!id || (wanted && wanted !== kind))
    throw integrationError(
      `Invalid value for ${method}: the client secret should be a ${wanted ?? 'PaymentIntent or SetupIntent'} client secret ` +
        `of the form \${id}_secret_\${secret}. You specified: ${secret}.`,
    )
  return { kind, id, path: `/v1/${kind}s/${id}`, secret }
}

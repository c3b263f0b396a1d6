/* global sandboxOrigin */
import { createApi, integrationError, readSecret } from './api.js'
import { initCheckout } from './checkout.js'
import { confirmIntent, finish, handleNextAction, leave, needReturnUrl, retrieve } from './confirm.js'
import { createElements, isElement, readCardElement, readElements, secretOf } from './elements.js'
import { initEmbeddedCheckout } from './embedded.js'
import { createPaymentRequest } from './payment-request.js'

/** `window.Stripe`: an instance for one publishable key. */
export function Stripe(key, options = {}) {
  if (typeof key !== 'string' || key === '')
    throw integrationError('Please call Stripe() with your publishable key. You used an empty string.')
  if (/^[sr]k_/.test(key))
    throw integrationError(
      'You should not use your secret key with Stripe.js.\n        Please pass a publishable key instead.',
    )
  if (!key.startsWith('pk_test_'))
    throw integrationError('The sandbox takes publishable test keys only: a key that starts with pk_test_.')
  const api = createApi(key, options)

  /** `confirmPayment` and `confirmSetup` in their common part. */
  async function confirmWithElements(
    method,
    kind,
    { clientSecret, confirmParams = {}, elements, redirect = 'always' } = {},
  ) {
    const { payment_method_data, return_url, ...params } = confirmParams
    needReturnUrl(method, return_url, redirect)
    const intent = readSecret(method, clientSecret ?? (elements && secretOf(elements)), kind)
    if (!params.payment_method && !params.confirmation_token) {
      const read = elements ? readElements(elements, payment_method_data) : { data: payment_method_data }
      if (read.error) return { error: read.error }
      params.payment_method_data = read.data
      if (kind === 'payment_intent') params.shipping ??= read.shipping
    }
    const result = await confirmIntent(api, intent, { ...params, return_url })
    return finish(intent, result, return_url, redirect)
  }

  /** `confirmCardPayment` and `confirmCardSetup`. */
  async function confirmCard(method, kind, secret, data = {}, { handleActions = true } = {}) {
    const intent = readSecret(method, secret, kind)
    const { payment_method, ...params } = data
    const chosen = cardMethod(payment_method)
    if (chosen.error) return { error: chosen.error }
    return confirmIntent(api, intent, { ...params, ...chosen }, { follow: handleActions })
  }

  return {
    elements: (given) => createElements(api, given),

    confirmPayment: (given) => confirmWithElements('stripe.confirmPayment()', 'payment_intent', given),
    confirmSetup: (given) => confirmWithElements('stripe.confirmSetup()', 'setup_intent', given),
    confirmCardPayment: (secret, data, how) =>
      confirmCard('stripe.confirmCardPayment()', 'payment_intent', secret, data, how),
    confirmCardSetup: (secret, data, how) =>
      confirmCard('stripe.confirmCardSetup()', 'setup_intent', secret, data, how),

    handleNextAction: ({ clientSecret }) => handleNextAction(api, 'stripe.handleNextAction()', clientSecret),
    handleCardAction: (secret) => handleNextAction(api, 'stripe.handleCardAction()', secret, 'payment_intent'),

    retrievePaymentIntent: async (secret) =>
      retrieve(api, readSecret('stripe.retrievePaymentIntent()', secret, 'payment_intent')),
    retrieveSetupIntent: async (secret) =>
      retrieve(api, readSecret('stripe.retrieveSetupIntent()', secret, 'setup_intent')),

    async createPaymentMethod(given, element, more) {
      const { data, error } = readMethod(given, element, more)
      if (error) return { error }
      const answer = await api.post('/v1/payment_methods', data)
      return answer.error ? answer : { paymentMethod: answer.value }
    },

    async createConfirmationToken({ elements, params = {} }) {
      const { payment_method_data, ...rest } = params
      const { data, error, shipping } = readElements(elements, payment_method_data)
      if (error) return { error }
      const answer = await api.post('/v1/confirmation_tokens', { shipping, ...rest, payment_method_data: data })
      return answer.error ? answer : { confirmationToken: answer.value }
    },

    async createToken(given, data = {}) {
      const { error, params } = readToken(given, data)
      if (error) return { error }
      const answer = await api.post('/v1/tokens', params)
      return answer.error ? answer : { token: answer.value }
    },

    async redirectToCheckout({ sessionId }) {
      if (!/^cs_\w+$/.test(sessionId ?? ''))
        throw integrationError('stripe.redirectToCheckout(): `sessionId` must be the id of a Checkout Session.')
      return leave(`${sandboxOrigin}/c/pay/${sessionId}`)
    },

    initCheckout: (given) => initCheckout(api, given),
    initCheckoutElementsSdk: (given) => initCheckout(api, given),
    initEmbeddedCheckout: (given) => initEmbeddedCheckout(api, given),
    createEmbeddedCheckoutPage: (given) => initEmbeddedCheckout(api, given),

    paymentRequest: (given) => createPaymentRequest(api, given),
    registerAppInfo() {},
    _registerWrapper() {},
  }
}

Stripe.version = 3

/** `payment_method` of the card methods: an id, or details with an element or a token in them. */
function cardMethod(given) {
  if (given === undefined) return {}
  if (typeof given === 'string') return { payment_method: given }
  const { data, error } = withCard({ type: 'card', ...given })
  return error ? { error } : { payment_method_data: data }
}

function withCard(given) {
  if (!isElement(given.card)) return { data: given }
  const { card, error, postal } = readCardElement(given.card)
  if (error) return { error }
  const address = { ...(postal && { postal_code: postal }), ...given.billing_details?.address }
  return { data: { ...given, card, billing_details: { ...given.billing_details, address } } }
}

/** `createPaymentMethod({ type, card })`, `({ elements, params })` and the older `('card', element, data)`. */
function readMethod(given, element, more) {
  if (typeof given === 'string') return withCard({ type: given, ...more, [given]: element })
  return given.elements ? readElements(given.elements, given.params) : withCard(given)
}

function readToken(given, data) {
  if (typeof given === 'string') return { params: { [given]: data } }
  const { card, error, postal } = readCardElement(given)
  if (error) return { error }
  return { params: { card: { ...(postal && { address_zip: postal }), ...data, ...card } } }
}

window.Stripe = Stripe

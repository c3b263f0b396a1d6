import { integrationError } from './api.js'
import { showChallenge } from './challenge.js'
import { leave } from './confirm.js'
import { createElements, readElements } from './elements.js'

/**
 * Checkout with elements in the shop's own page: `stripe.initCheckout({ clientSecret })`, whose actions `loadActions()` gives. With
 * `fetchClientSecret`, as older pages call it, a promise of the same with the actions in it.
 */
export function initCheckout(api, { clientSecret, elementsOptions = {}, fetchClientSecret }) {
  if (!clientSecret && !fetchClientSecret)
    throw integrationError('stripe.initCheckout() needs the `clientSecret` of a Checkout Session.')
  const secret = Promise.resolve(clientSecret ?? fetchClientSecret())
  const listeners = []
  let session
  let returnUrl

  async function call(action, params = {}) {
    const client_secret = await secret
    const [, id] = /^(cs_\w+?)_secret_/.exec(client_secret ?? '') ?? []
    if (!id) return { error: { message: `This is no client secret of a Checkout Session: ${client_secret}` } }
    const answer = await api.post(`/v1/payment_pages/${id}/elements`, { ...params, action, client_secret })
    if (answer.error) return answer
    session = answer.value.session
    returnUrl = answer.value.return_url
    for (const listener of listeners) listener(session)
    return answer
  }

  const loaded = call('show')
  const elements = createElements(api, {
    appearance: elementsOptions.appearance,
    paymentMethodTypes: loaded.then(({ value }) => value?.payment_method_types ?? ['card']),
  })

  const success = () => ({ type: 'success', session })
  const failure = ({ code, decline_code, message, type }) => ({
    type: 'error',
    error:
      type === 'card_error'
        ? { message, code: 'paymentFailed', paymentFailed: { declineCode: decline_code ?? null } }
        : { message, code: { email_invalid: 'invalidEmail' }[code] ?? null },
  })
  const update = async (action, params) => {
    const { error } = await call(action, params)
    if (!error) return success()
    const isCode = action === 'promotion' && params.promotion_code !== ''
    return isCode ? { type: 'error', error: { message: error.message, code: 'invalidCode' } } : failure(error)
  }

  async function confirm({ billingAddress, email, paymentMethod, redirect = 'always', returnUrl: given } = {}) {
    const method = paymentMethod ? { value: { id: paymentMethod } } : await makeMethod(billingAddress)
    if (method.error) return failure(method.error)
    const answer = await call('confirm', { payment_method: method.value.id, email })
    if (answer.error) return failure(answer.error)
    const failed = answer.value.challenge && (await challenge(answer.value.challenge))
    if (failed) return failed
    const back = given ?? returnUrl
    if (redirect === 'if_required' || !back) return success()
    return leave(back.replaceAll('{CHECKOUT_SESSION_ID}', session.id))
  }

  async function makeMethod(billing) {
    const read = readElements(elements, billing && { billing_details: billing })
    return read.error ? read : api.post('/v1/payment_methods', read.data)
  }

  /** What went wrong in it, or nothing. */
  const challenge = (url) =>
    showChallenge(url, async () => {
      const { error } = await call('show')
      if (error) return failure(error)
      if (session.status.type === 'complete') return { type: 'success' }
      return session.lastPaymentError && failure({ ...session.lastPaymentError, type: 'card_error' })
    }).then((result) => (result.type === 'success' ? undefined : result))

  const actions = {
    getSession: () => session,
    updateEmail: (email) => update('email', { email }),
    applyPromotionCode: (code) => update('promotion', { promotion_code: code }),
    removePromotionCode: () => update('promotion', { promotion_code: '' }),
    updateLineItemQuantity: ({ lineItem, quantity }) => update('quantity', { line_item: lineItem, quantity }),
    async runServerUpdate(work) {
      await work()
      return update('show')
    },
    async validateElements() {
      const { error } = await elements.submit()
      return error ? failure(error) : success()
    },
    confirm,
  }

  const checkout = {
    on(name, listener) {
      if (name === 'change') listeners.push(listener)
    },
    async loadActions() {
      const { error } = await loaded
      return error ? failure(error) : { type: 'success', actions }
    },
    changeAppearance: (appearance) => elements.update({ appearance }),
    loadFonts() {},
    createPaymentElement: (options) => elements.create('payment', options),
    getPaymentElement: () => elements.getElement('payment'),
    createBillingAddressElement: (options) => elements.create('address', { ...options, mode: 'billing' }),
    getBillingAddressElement: () => elements.getElement('address', { mode: 'billing' }),
    createShippingAddressElement: (options) => elements.create('address', { ...options, mode: 'shipping' }),
    getShippingAddressElement: () => elements.getElement('address', { mode: 'shipping' }),
  }
  if (clientSecret) return checkout
  return loaded.then(({ error }) => {
    if (error) throw integrationError(error.message)
    return { ...checkout, ...actions, session: () => session }
  })
}

import { integrationError, readSecret } from './api.js'
import { createElement } from './element.js'
import { createExpressCheckout, createRequestButton } from './express.js'
import { cardOf, contactOf, paymentMethodData, paymentTypes } from './methods.js'

/** Elements of any page, so that a confirmation finds what belongs to the objects it is given. */
const insides = new WeakMap()
const groups = new WeakMap()

/** A group of elements: `stripe.elements(options)`. */
export function createElements(api, options = {}) {
  const made = new Map()
  let current = options
  let wallet
  const types = async () => {
    types.known = await offeredTypes(api, current)
    return types.known
  }
  const keyOf = (type, mode) => (type === 'address' && mode ? `${type} ${mode}` : type)
  const has = (type, mode) => made.has(keyOf(type, mode))
  const members = () => [...made.values()].map((element) => insides.get(element)).filter(Boolean)
  const elements = {
    create(type, elementOptions = {}) {
      const key = keyOf(type, elementOptions.mode)
      if (made.has(key))
        throw integrationError(`Can only create one Element of type ${type} through the same Elements instance.`)
      if (type === 'address' && !['shipping', 'billing'].includes(elementOptions.mode))
        throw integrationError('elements.create("address"): `mode` must be "shipping" or "billing".')
      const { element, inside } = make(type, elementOptions)
      const destroy = element.destroy
      element.destroy = () => {
        made.delete(key)
        destroy()
      }
      if (inside) insides.set(element, { ...inside, siblings: made })
      made.set(key, element)
      for (const member of members()) member.refresh()
      return element
    },
    getElement: (type, { mode } = {}) =>
      made.get(keyOf(type, mode)) ?? made.get(keyOf(type, 'shipping')) ?? made.get(keyOf(type, 'billing')) ?? null,
    update(changes) {
      current = { ...current, ...changes }
    },
    fetchUpdates: async () => ({}),
    async submit() {
      if (wallet) return {}
      const error = firstError(members())
      const payment = insides.get(made.get('payment'))
      return error ? { error } : payment ? { selectedPaymentMethod: payment.method() } : {}
    },
  }
  function make(type, elementOptions) {
    if (type === 'paymentRequestButton') return { element: createRequestButton(elementOptions) }
    if (type === 'expressCheckout') {
      const pay = (chosen) => {
        wallet = chosen
      }
      return { element: createExpressCheckout(elementOptions, { due: () => amountDue(api, current), pay }) }
    }
    return createElement(type, elementOptions, { has, look: current.appearance ?? {}, types })
  }
  groups.set(elements, {
    secret: () => current.clientSecret,
    inside: () => insides.get(made.get('payment') ?? made.get('card')),
    members,
    /** What the customer chose in a wallet, once. */
    takeWallet() {
      const chosen = wallet
      wallet = undefined
      return chosen
    },
  })
  return elements
}

/** What a wallet shows: `{ amount, currency }`, of the intent or as the page says. */
async function amountDue(api, { amount, clientSecret, currency }) {
  if (!clientSecret) return { amount, currency }
  const { path, secret } = readSecret('stripe.elements()', clientSecret)
  const { value } = await api.get(path, { client_secret: secret })
  return { amount: value?.amount, currency: value?.currency }
}

/** The types of the intent that the stand-in has a form for. */
async function offeredTypes(api, { clientSecret, paymentMethodTypes, payment_method_types }) {
  const named = paymentMethodTypes ?? payment_method_types
  if (named || !clientSecret) return known((await named) ?? ['card'])
  const { path, secret } = readSecret('stripe.elements()', clientSecret)
  const { value } = await api.get(path, { client_secret: secret })
  return known(value?.payment_method_types ?? ['card'])
}

const known = (types) => {
  const offered = types.filter((type) => Object.hasOwn(paymentTypes, type))
  return offered.length > 0 ? offered : ['card']
}

/** Validates from the last to the first, so that the first wrong form has the focus in the end. */
const firstError = (members) =>
  members
    .map((member) => member.validate())
    .reverse()
    .reduce((first, error) => error ?? first, undefined)

export const secretOf = (elements) => groups.get(elements)?.secret()

/** The payment method and the shipping address in a group's forms or in its wallet, or the error that is shown in them. */
export function readElements(elements, more = {}) {
  const group = groups.get(elements)
  const wallet = group?.takeWallet()
  if (wallet) return { data: { ...wallet.data, ...more, type: 'card' }, shipping: wallet.shipping }
  const inside = group?.inside()
  if (!inside) throw integrationError('`elements` must have an Element of type payment or card that is mounted.')
  const members = group.members()
  const error = firstError(members)
  if (error) return { error }
  const contact = (mode) => {
    const address = members.find((member) => member.type === 'address' && member.mode === mode)
    return address && filled(contactOf(address.values()))
  }
  const email = members.find(({ type }) => type === 'linkAuthentication')?.values().email
  const billing_details = { ...contact('billing'), ...(email && { email }), ...more.billing_details }
  return {
    data: paymentMethodData(inside.method(), inside.values(), { ...more, billing_details }),
    shipping: contact('shipping'),
  }
}

/** Without what was left empty, which the API would not take. */
const filled = (contact) => JSON.parse(JSON.stringify(contact, (_name, value) => (value === '' ? undefined : value)))

export const isElement = (value) => insides.has(value)

/** The card in an element; a number, a date and a code in elements of their own are put together. */
export function readCardElement(element) {
  const inside = insides.get(element)
  if (!inside) throw integrationError('A card Element is needed here.')
  const parts = ['card', 'cardNumber', 'cardExpiry', 'cardCvc']
    .map((type) => insides.get(inside.siblings.get(type)))
    .filter(Boolean)
  const error = parts.map((part) => part.validate()).find(Boolean)
  if (error) return { error }
  const values = Object.assign({}, ...parts.map((part) => part.values()))
  return { card: cardOf(values), postal: values.postal }
}

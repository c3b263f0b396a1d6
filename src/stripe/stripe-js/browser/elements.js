import { integrationError, readSecret } from './api.js'
import { createElement } from './element.js'
import { cardOf, paymentMethodData, paymentTypes } from './methods.js'

/** Elements of any page, so that a confirmation finds what belongs to the objects it is given. */
const insides = new WeakMap()
const groups = new WeakMap()

/** A group of elements: `stripe.elements(options)`. */
export function createElements(api, options = {}) {
  const made = new Map()
  let current = options
  const types = async () => {
    types.known = await offeredTypes(api, current)
    return types.known
  }
  const elements = {
    create(type, elementOptions = {}) {
      if (made.has(type))
        throw integrationError(`Can only create one Element of type ${type} through the same Elements instance.`)
      const { appearance = {} } = current
      const { element, inside } = createElement(type, elementOptions, { look: appearance, types })
      const destroy = element.destroy
      element.destroy = () => {
        made.delete(type)
        destroy()
      }
      insides.set(element, { ...inside, siblings: made })
      made.set(type, element)
      return element
    },
    getElement: (type) => made.get(type) ?? null,
    update(changes) {
      current = { ...current, ...changes }
    },
    fetchUpdates: async () => ({}),
    async submit() {
      const inside = insides.get(made.get('payment'))
      if (!inside) return {}
      const error = inside.validate()
      return error ? { error } : { selectedPaymentMethod: inside.method() }
    },
  }
  groups.set(elements, {
    secret: () => current.clientSecret,
    inside: () => insides.get(made.get('payment') ?? made.get('card')),
  })
  return elements
}

/** The types of the intent that the stand-in has a form for. */
async function offeredTypes(api, { clientSecret, paymentMethodTypes, payment_method_types }) {
  const named = paymentMethodTypes ?? payment_method_types
  if (named || !clientSecret) return known(named ?? ['card'])
  const { path, secret } = readSecret('stripe.elements()', clientSecret)
  const { value } = await api.get(path, { client_secret: secret })
  return known(value?.payment_method_types ?? ['card'])
}

const known = (types) => {
  const offered = types.filter((type) => Object.hasOwn(paymentTypes, type))
  return offered.length > 0 ? offered : ['card']
}

export const secretOf = (elements) => groups.get(elements)?.secret()

/** The payment method in a group's form, or the error that is shown in it. */
export function readElements(elements, more) {
  const inside = groups.get(elements)?.inside()
  if (!inside) throw integrationError('`elements` must have an Element of type payment or card that is mounted.')
  const error = inside.validate()
  return error ? { error } : { data: paymentMethodData(inside.method(), inside.values(), more) }
}

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

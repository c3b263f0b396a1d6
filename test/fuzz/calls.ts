import fc from 'fast-check'
import { Stripe } from 'stripe'
import { type IntentModel, type Model, merged, refunded } from './model.ts'

/** One call of the client and what it must do to the model. */
export type Call = (model: Model, stripe: Stripe) => Promise<void>

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((value) => value.trim() !== '')
const key = fc.constantFrom('a', 'b', 'order id', 'ключ', 'x.y', 'constructor2')
const metadata = fc.dictionary(key, fc.oneof(text, fc.constant('')), { noNullPrototype: true, maxKeys: 3 })
const amount = fc.integer({ min: 50, max: 99_999_999 })
const at = fc.nat(20)

const pick = <T>(from: readonly T[], index: number): T | undefined => from[index % Math.max(1, from.length)]

/** The code, or without one the message, that a call is refused with; undefined when it is not. */
async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return error.code ?? error.message
    throw error
  }
}

const createCustomer = fc.record({ name: text, metadata }).map(
  ({ name, metadata }): Call =>
    async (model, stripe) => {
      const email = `ann+${model.customers.length}@example.com`
      const { id } = await stripe.customers.create({ name, email, metadata })
      model.customers.push({ id, name, email, metadata: merged({}, metadata) })
    },
)

const updateCustomer = fc.tuple(at, text, metadata).map(
  ([index, name, given]): Call =>
    async (model, stripe) => {
      const customer = pick(model.customers, index)
      if (!customer) return
      await stripe.customers.update(customer.id, { name, metadata: given })
      Object.assign(customer, { name, metadata: merged(customer.metadata, given) })
    },
)

const deleteCustomer = at.map(
  (index): Call =>
    async (model, stripe) => {
      const customer = pick(model.customers, index)
      if (!customer) return
      await stripe.customers.del(customer.id)
      model.customers.splice(model.customers.indexOf(customer), 1)
      model.deleted.push(customer.id)
    },
)

const createProduct = fc.record({ name: text, metadata }).map(
  ({ name, metadata }): Call =>
    async (model, stripe) => {
      const { id } = await stripe.products.create({ name, metadata })
      model.products.push({ id, name, metadata: merged({}, metadata), prices: [] })
    },
)

const createPrice = fc.tuple(at, amount, fc.boolean()).map(
  ([index, unit_amount, isRecurring]): Call =>
    async (model, stripe) => {
      const product = pick(model.products, index)
      if (!product) return
      const recurring = isRecurring ? { recurring: { interval: 'month' as const } } : {}
      const { id } = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount, ...recurring })
      product.prices.push({ id, amount: unit_amount, isRecurring })
    },
)

const createIntent = amount.map(
  (amount): Call =>
    async (model, stripe) => {
      const { id } = await stripe.paymentIntents.create({ amount, currency: 'usd' })
      model.intents.push({ id, amount, status: 'requires_payment_method', received: 0, refunds: [] })
    },
)

const pay = fc.tuple(amount, fc.boolean()).map(
  ([amount, isManual]): Call =>
    async (model, stripe) => {
      const { id } = await stripe.paymentIntents.create({
        amount,
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: true,
        capture_method: isManual ? 'manual' : 'automatic',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      })
      const status = isManual ? 'requires_capture' : 'succeeded'
      model.intents.push({ id, amount, status, received: isManual ? 0 : amount, refunds: [] })
    },
)

const capture = fc.tuple(at, amount).map(
  ([index, wanted]): Call =>
    async (model, stripe) => {
      const intent = pick(model.intents, index)
      if (!intent) return
      const refusal = await refusalOf(stripe.paymentIntents.capture(intent.id, { amount_to_capture: wanted }))
      if (intent.status !== 'requires_capture') return expected(refusal, 'payment_intent_unexpected_state')
      if (wanted > intent.amount) return expected(refusal, 'amount_too_large')
      expected(refusal, undefined)
      Object.assign(intent, { status: 'succeeded', received: wanted })
    },
)

const cancel = at.map(
  (index): Call =>
    async (model, stripe) => {
      const intent = pick(model.intents, index)
      if (!intent) return
      const refusal = await refusalOf(stripe.paymentIntents.cancel(intent.id))
      if (intent.status === 'succeeded' || intent.status === 'canceled')
        return expected(refusal, 'payment_intent_unexpected_state')
      expected(refusal, undefined)
      intent.status = 'canceled'
    },
)

const refund = fc.tuple(at, fc.option(amount)).map(
  ([index, wanted]): Call =>
    async (model, stripe) => {
      const intent = pick(model.intents, index)
      if (intent?.status !== 'succeeded') return
      const left = intent.received - refunded(intent)
      let id = ''
      const call = stripe.refunds
        .create({ payment_intent: intent.id, ...(wanted !== null && { amount: wanted }) })
        .then((refund) => {
          id = refund.id
        })
      const refusal = await refusalOf(call)
      if (left === 0) return expected(refusal, 'charge_already_refunded')
      if (wanted !== null && wanted > left) return expectedRefusal(refusal, intent)
      expected(refusal, undefined)
      intent.refunds.push({ id, amount: wanted ?? left })
    },
)

function expected(refusal: string | undefined, wanted: string | undefined): void {
  if (refusal !== wanted) throw new Error(`expected ${wanted ?? 'success'}, got ${refusal ?? 'success'}`)
}

function expectedRefusal(refusal: string | undefined, { id }: IntentModel): void {
  if (refusal === undefined) throw new Error(`more was refunded of ${id} than it received`)
}

/** A history of valid and refusable calls. */
export const history = fc.array(
  fc.oneof(
    createCustomer,
    updateCustomer,
    deleteCustomer,
    createProduct,
    createPrice,
    createIntent,
    pay,
    pay,
    capture,
    cancel,
    refund,
    refund,
  ),
  { minLength: 5, maxLength: 30 },
)

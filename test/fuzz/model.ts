import type { Stripe } from 'stripe'

interface Party {
  id: string
  name: string
  metadata: Record<string, string>
}

export interface CustomerModel extends Party {
  email: string
}

export interface ProductModel extends Party {
  prices: { id: string; amount: number; isRecurring: boolean }[]
}

export interface IntentModel {
  id: string
  amount: number
  status: 'requires_payment_method' | 'requires_capture' | 'succeeded' | 'canceled'
  received: number
  refunds: { id: string; amount: number }[]
}

/** What was written, as the writer remembers it; newest last. */
export interface Model {
  customers: CustomerModel[]
  products: ProductModel[]
  intents: IntentModel[]
  /** Ids of customers that are gone. */
  deleted: string[]
}

export const emptyModel = (): Model => ({ customers: [], products: [], intents: [], deleted: [] })

/** Metadata as Stripe merges it: an empty value takes a key away. */
export function merged(current: Record<string, string>, given: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...current, ...given }).filter(([, value]) => value !== ''))
}

export const refunded = ({ refunds }: IntentModel): number => refunds.reduce((sum, { amount }) => sum + amount, 0)

/** Everything that the model knows of, read back through the client in the model's own shape. */
export async function readBack(stripe: Stripe, { deleted }: Model): Promise<Model> {
  const customers: CustomerModel[] = []
  for await (const { id, name, email, metadata } of stripe.customers.list({ limit: 3 }))
    customers.unshift({ id, name: name ?? '', email: email ?? '', metadata })
  const products: ProductModel[] = []
  for await (const product of stripe.products.list({ limit: 2 })) products.unshift(await productOf(stripe, product))
  const intents: IntentModel[] = []
  for await (const intent of stripe.paymentIntents.list({ limit: 4, expand: ['data.latest_charge'] }))
    intents.unshift(await intentOf(stripe, intent))
  const gone: string[] = []
  for (const id of deleted) if ((await stripe.customers.retrieve(id)).deleted) gone.push(id)
  return { customers, products, intents, deleted: gone }
}

async function productOf(stripe: Stripe, { id, name, metadata }: Stripe.Product): Promise<ProductModel> {
  const prices = (await stripe.prices.list({ product: id, limit: 100 })).data.map((price) => ({
    id: price.id,
    amount: price.unit_amount ?? -1,
    isRecurring: price.type === 'recurring',
  }))
  return { id, name, metadata, prices: prices.reverse() }
}

async function intentOf(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<IntentModel> {
  const refunds = (await stripe.refunds.list({ payment_intent: intent.id, limit: 100 })).data
  const model: IntentModel = {
    id: intent.id,
    amount: intent.amount,
    status: intent.status as IntentModel['status'],
    received: intent.amount_received,
    refunds: refunds.map(({ id, amount }) => ({ id, amount })).reverse(),
  }
  const charge = intent.latest_charge as Stripe.Charge | null
  // A charge that was captured in part counts the rest, which goes back to the card, as refunded.
  const rest = charge && charge.amount_captured > 0 ? charge.amount - charge.amount_captured : 0
  const isCounted =
    !charge || intent.status === 'canceled' || [0, rest].includes(charge.amount_refunded - refunded(model))
  return isCounted ? model : { ...model, refunds: [{ id: 'the charge', amount: charge.amount_refunded }] }
}

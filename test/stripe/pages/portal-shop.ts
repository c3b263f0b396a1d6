import type Stripe from 'stripe'
import type { Pages } from './pages.ts'

type Price = Stripe.Price & { product: string }

/** Ann pays ten dollars a month for Basic and could have Pro for thirty. */
export async function openShop(pages: Pages) {
  const stripe = pages.client()
  const priceOf = async (name: string, unit_amount: number): Promise<Price> => {
    const product = await stripe.products.create({ name })
    const recurring = { interval: 'month' } as const
    return (await stripe.prices.create({ currency: 'usd', unit_amount, recurring, product: product.id })) as Price
  }
  const [basic, pro] = [await priceOf('Basic', 1000), await priceOf('Pro', 3000)]
  const customer = await stripe.customers.create({
    name: 'Ann Example',
    email: 'ann@example.com',
    payment_method: 'pm_card_visa',
  })
  const [method] = (await stripe.paymentMethods.list({ customer: customer.id })).data
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method?.id ?? '' } })
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: basic.id }] })
  return { stripe, basic, pro, customer, subscription }
}

export type Shop = Awaited<ReturnType<typeof openShop>>

export const everything = ({ basic, pro }: Shop): Stripe.BillingPortal.ConfigurationCreateParams['features'] => ({
  customer_update: { enabled: true, allowed_updates: ['name', 'email', 'address'] },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { enabled: true, cancellation_reason: { enabled: true, options: ['unused', 'other'] } },
  subscription_update: {
    enabled: true,
    default_allowed_updates: ['price'],
    proration_behavior: 'always_invoice',
    products: [basic, pro].map(({ id, product }) => ({ product, prices: [id] })),
  },
})

/** A session of a configuration with these features. */
export async function openPortal(
  pages: Pages,
  shop: Shop,
  features = everything(shop),
  params: Partial<Stripe.BillingPortal.SessionCreateParams> = {},
) {
  const { id } = await shop.stripe.billingPortal.configurations.create({ features })
  const return_url = `${pages.shopUrl}/account`
  return shop.stripe.billingPortal.sessions.create({
    customer: shop.customer.id,
    configuration: id,
    return_url,
    ...params,
  })
}

/** Types of the events since the one that is named, oldest first. */
export async function eventsAfter(stripe: Stripe, type: string): Promise<string[]> {
  const types: string[] = (await stripe.events.list({ limit: 100 })).data.map((event) => event.type)
  return types.slice(0, types.indexOf(type)).reverse()
}

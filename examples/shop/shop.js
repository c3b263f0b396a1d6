/** What the shop sells. */
const pack = { name: 'Pack of 100 credits', currency: 'usd', amount: 2000 }
const membership = { name: 'Membership', currency: 'usd', amount: 900, interval: 'month' }

/** The shop's business: what it asks of Stripe, and what it believes once Stripe's webhooks have told it. */
export function createShop(stripe, { url }) {
  const orders = new Map()
  const members = new Map()
  const seen = new Set()

  /** An order and the page where it is paid. */
  async function buyPack(order) {
    const session = await stripe.checkout.sessions.create(
      {
        mode: 'payment',
        client_reference_id: order,
        line_items: [
          {
            quantity: 1,
            price_data: {
              currency: pack.currency,
              unit_amount: pack.amount,
              product_data: { name: pack.name },
            },
          },
        ],
        success_url: `${url}/thanks?session={CHECKOUT_SESSION_ID}`,
        cancel_url: `${url}/cart`,
      },
      { idempotencyKey: `checkout ${order}` },
    )
    orders.set(order, { id: order, status: 'waiting', payment: null })
    return { order, pay: session.url }
  }

  /** A membership that renews by itself, paid with a payment method that the browser made. */
  async function join(email, paymentMethod) {
    const customer = await stripe.customers.create({
      email,
      payment_method: paymentMethod,
      invoice_settings: { default_payment_method: paymentMethod },
    })
    const product = await stripe.products.create({ name: membership.name })
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [
        {
          price_data: {
            product: product.id,
            currency: membership.currency,
            unit_amount: membership.amount,
            recurring: { interval: membership.interval },
          },
        },
      ],
      payment_behavior: 'error_if_incomplete',
    })
    return { email, subscription: subscription.id }
  }

  /** Gives the money back; asking twice gives it back once. */
  async function refund(order) {
    const { payment } = orders.get(order)
    await stripe.refunds.create({ payment_intent: payment }, { idempotencyKey: `refund ${order}` })
  }

  /** The only place where something is believed to be paid, refunded or over. Stripe may send an event more than once. */
  async function onEvent({ id, type, data: { object } }) {
    if (seen.has(id)) return
    seen.add(id)
    switch (type) {
      case 'checkout.session.completed':
        Object.assign(orders.get(object.client_reference_id), { status: 'paid', payment: object.payment_intent })
        return
      case 'charge.refunded':
        for (const order of orders.values())
          if (order.payment === object.payment_intent) order.status = object.refunded ? 'refunded' : 'partly refunded'
        return
      case 'customer.subscription.created':
      case 'customer.subscription.updated':
      case 'customer.subscription.deleted':
        members.set(object.id, { subscription: object.id, isMember: ['active', 'trialing'].includes(object.status) })
        return
    }
  }

  return {
    buyPack,
    join,
    refund,
    onEvent,
    order: (id) => orders.get(id),
    member: (subscription) => members.get(subscription),
  }
}

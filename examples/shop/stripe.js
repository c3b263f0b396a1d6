import Stripe from 'stripe'

/** The Stripe client: Stripe itself, or the sandbox where STRIPE_API_BASE says so. Nothing else in the shop knows the difference. */
export function connectStripe({ STRIPE_SECRET_KEY, STRIPE_API_BASE = 'https://api.stripe.com' }) {
  const { protocol, hostname, port } = new URL(STRIPE_API_BASE)
  return new Stripe(STRIPE_SECRET_KEY, {
    protocol: protocol.replace(':', ''),
    host: hostname,
    ...(port && { port }),
  })
}

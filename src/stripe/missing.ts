import { type StripeError, stripeError } from './error.ts'

/** What Stripe calls the kind of a missing object where it is not the `object` value. */
const names: Record<string, string> = { payment_method: 'PaymentMethod', setup_intent: 'setupintent' }

/** What Stripe names as `param` when the id was in the URL. */
const pathParams: Record<string, string> = {
  payment_intent: 'intent',
  setup_intent: 'intent',
  invoice: 'invoice',
  price: 'price',
  payment_method: 'payment_method',
}

/** `resource_missing`: 404 for the object of the URL, 400 for one named by a parameter. */
export function missing(object: string, id: string | null | undefined, param?: string): StripeError {
  const message = `No such ${names[object] ?? object}: '${id ?? ''}'`
  if (param !== undefined) return stripeError(400, 'resource_missing', message, param)
  return stripeError(404, 'resource_missing', message, pathParams[object] ?? 'id')
}

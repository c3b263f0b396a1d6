/** The API version of requests without `Stripe-Version`: an older one, as an account that exists for a while has. */
export const defaultApiVersion = '2025-03-31.basil'

interface Removal {
  /** First version without them. */
  since: string
  types: RegExp
  /** Paths as errors name them, without the numbers of items. */
  params: readonly string[]
}

/** Parameters that newer versions no longer take and older clients still send. */
const removals: readonly Removal[] = [
  {
    since: '2026-09-30',
    types: /^(PaymentIntent|SetupIntent|Checkout\.Session)(Create|Update|Confirm)Params$/,
    params: ['payment_method_types'],
  },
  { since: '2025-09-30', types: /^Customer(Create|Update)Params$/, params: ['coupon', 'promotion_code'] },
  { since: '2025-09-30', types: /^SubscriptionSchedule(Create|Update)Params$/, params: ['phases[][iterations]'] },
]

const none: ReadonlySet<string> = new Set()

/** Parameters of a type that are accepted only because the request speaks an older version. */
export function removedParams(type: string | undefined, apiVersion: string): ReadonlySet<string> {
  if (type === undefined) return none
  const found = removals.filter(({ since, types }) => apiVersion.slice(0, 10) < since && types.test(type))
  return found.length === 0 ? none : new Set(found.flatMap(({ params }) => params))
}

export const isApiVersion = (text: string): boolean => /^\d{4}-\d\d-\d\d(\.[a-z]+)?$/.test(text)

/** The API version of requests without `Stripe-Version`: an older one, as an account that exists for a while has. */
export const defaultApiVersion = '2025-03-31.basil'

interface Removal {
  /** First version without them. */
  since: string
  types: RegExp
  /** Paths as errors name them, without the numbers of items. */
  params: ReadonlySet<string>
}

/** Parameters that newer versions no longer take and older clients still send. */
const removals: readonly Removal[] = [
  {
    since: '2026-09-30',
    types: /^(PaymentIntent|SetupIntent|Checkout\.Session)(Create|Update|Confirm)Params$/,
    params: new Set(['payment_method_types']),
  },
  { since: '2025-09-30', types: /^Customer(Create|Update)Params$/, params: new Set(['coupon', 'promotion_code']) },
  {
    since: '2025-09-30',
    types: /^SubscriptionSchedule(Create|Update)Params$/,
    params: new Set(['phases[][iterations]']),
  },
]

const none: ReadonlySet<string> = new Set()
const noRemovals: readonly Removal[] = []

/** Which removals concern a type is asked with every request and never changes; there are as many types as the catalogue has. */
const removalsByType = new Map<string, readonly Removal[]>()

function removalsOf(type: string): readonly Removal[] {
  const known = removalsByType.get(type)
  if (known) return known
  const found = removals.filter(({ types }) => types.test(type))
  removalsByType.set(type, found)
  return found
}

/** Parameters of a type that are accepted only because the request speaks an older version. */
export function removedParams(type: string | undefined, apiVersion: string): ReadonlySet<string> {
  const found = type === undefined ? noRemovals : removalsOf(type)
  if (found.length === 0) return none
  const older = found.filter(({ since }) => apiVersion.slice(0, 10) < since)
  const [only] = older
  if (older.length < 2) return only?.params ?? none
  return new Set(older.flatMap(({ params }) => [...params]))
}

export const isApiVersion = (text: string): boolean => /^\d{4}-\d\d-\d\d(\.[a-z]+)?$/.test(text)

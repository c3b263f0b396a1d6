type Params = Readonly<Record<string, unknown>>

interface Renaming {
  /** First version without the old form. */
  since: string
  types: RegExp
  /** The parameters in today's form; the same object when the old form is not used. */
  rewrite(params: Params): Params
}

/** Forms that newer versions no longer take and older clients still send, where today's form says the same. */
const renamings: readonly Renaming[] = [
  {
    since: '2025-09-30',
    types: /^PromotionCodeCreateParams$/,
    rewrite({ coupon, ...params }) {
      return coupon === undefined ? params : { promotion: { type: 'coupon', coupon }, ...params }
    },
  },
  {
    since: '2025-09-30',
    types: /^(Subscription|Invoice|InvoiceItem)(Create|Update)Params$/,
    rewrite: ({ coupon, promotion_code, ...params }) => ({
      ...params,
      ...(coupon !== undefined && { discounts: coupon === '' ? '' : [{ coupon }] }),
      ...(promotion_code !== undefined && { discounts: promotion_code === '' ? '' : [{ promotion_code }] }),
    }),
  },
  {
    // The official command line tool's trigger for `payment_intent.partially_funded` calls the transfer an account.
    since: '2026-09-30',
    types: /^PaymentIntent(Create|Update|Confirm)Params$/,
    rewrite: (params) =>
      isAt(params, bankTransfer, 'jp_bank_account') ? put(params, bankTransfer, 'jp_bank_transfer') : params,
  },
]

const bankTransfer = ['payment_method_options', 'customer_balance', 'bank_transfer', 'type']

/** Parameters as an older version has them, in the form of the version that the catalogue speaks. `type` is the name of theirs. */
export function renameOlder(type: string | undefined, params: Params, apiVersion: string): Params {
  const known = type === undefined ? none : renamingsOf(type)
  if (known.length === 0) return params
  return known
    .filter(({ since }) => apiVersion.slice(0, 10) < since)
    .reduce((renamed, { rewrite }) => rewrite(renamed), params)
}

const none: readonly Renaming[] = []

/** Asked with every request, and never different; there are as many types as the catalogue has. */
const renamingsByType = new Map<string, readonly Renaming[]>()

function renamingsOf(type: string): readonly Renaming[] {
  const known = renamingsByType.get(type)
  if (known) return known
  const found = renamings.filter(({ types }) => types.test(type))
  renamingsByType.set(type, found)
  return found
}

function isAt(value: unknown, path: readonly string[], wanted: string): boolean {
  const found = path.reduce<unknown>((inner, name) => (inner as Params | undefined)?.[name], value)
  return found === wanted
}

function put(value: Params, [name, ...rest]: readonly string[], wanted: string): Params {
  if (name === undefined) return value
  return { ...value, [name]: rest.length === 0 ? wanted : put(value[name] as Params, rest, wanted) }
}

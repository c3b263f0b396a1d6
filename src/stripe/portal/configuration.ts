import { checkIntervals } from '../billing/interval-count.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { CreateParamsOf, Given, Stored } from '../wire.ts'

export type Configuration = Stored<'billing_portal.configuration'>
export type Features = Configuration['features']

/** What a feature is where nothing is said about it. Source: docs.stripe.com/api/customer_portal/configurations/create. */
const off: Features = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: { enabled: false, feedback_options: null, options: [] },
    enabled: false,
    mode: 'at_period_end',
    proration_behavior: 'none',
  },
  subscription_pause: {
    duration: { interval_options: [{ interval: 'month', interval_count: 1 }], type: 'interval_options' },
    enabled: false,
  },
  subscription_update: {
    billing_cycle_anchor: null,
    default_allowed_updates: [],
    enabled: false,
    products: null,
    proration_behavior: 'none',
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: 'end_trial',
  },
}

/** What the portal of an account allows that has not said so: everything but switching plans, which needs to know the plans. */
const standard: Given<Features> = {
  customer_update: { allowed_updates: ['address', 'email', 'name', 'phone'], enabled: true },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: {
    cancellation_reason: {
      enabled: true,
      options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
    },
    enabled: true,
  },
}

/** The features with what is given laid over what was there, one level deep in each. */
export function mergeFeatures(given: object | undefined, before: Features = off): Features {
  const merged: Record<string, unknown> = {}
  for (const [name, old] of Object.entries(before)) {
    const changes = (given as Record<string, object | undefined> | undefined)?.[name]
    merged[name] = changes ? laidOver(old, changes) : old
  }
  const features = merged as unknown as Features
  return {
    ...features,
    subscription_pause: { ...features.subscription_pause, duration: durationOf(features) },
    subscription_update: { ...features.subscription_update, products: productsOf(features) },
  }
}

const durationOf = ({ subscription_pause: { duration } }: Features): Features['subscription_pause']['duration'] => ({
  interval_options: (duration.interval_options ?? []).map(({ interval, interval_count = 1 }) => ({
    interval,
    interval_count,
  })),
  type: duration.type,
})

function laidOver(old: object, changes: object): object {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const result: Record<string, unknown> = { ...old }
  for (const [name, value] of given) result[name] = value ?? (Array.isArray(result[name]) ? [] : null)
  return result
}

const productsOf = ({
  subscription_update: { products },
}: Features): NonNullable<Features['subscription_update']['products']> | null =>
  products?.map(({ adjustable_quantity, prices, product }) => ({
    adjustable_quantity: {
      enabled: adjustable_quantity?.enabled ?? false,
      maximum: adjustable_quantity?.maximum ?? null,
      minimum: adjustable_quantity?.minimum ?? 1,
    },
    prices,
    product,
  })) ?? null

/** Refuses features that contradict themselves, or name products and prices that do not exist. */
export function checkFeatures(ctx: Context, features: Features): void {
  const { customer_update, subscription_pause: pause, subscription_update: update } = features
  const missing = (param: string) => stripeError(400, 'parameter_missing', `Missing required param: ${param}.`, param)
  if (customer_update.enabled && customer_update.allowed_updates.length === 0)
    throw missing('features[customer_update][allowed_updates]')
  if (update.enabled && update.default_allowed_updates.length === 0)
    throw missing('features[subscription_update][default_allowed_updates]')
  if (update.enabled && !update.products?.length) throw missing('features[subscription_update][products]')
  const options = 'features[subscription_pause][duration][interval_options]'
  if (pause.duration.type === 'interval_options' && pause.duration.interval_options.length === 0) throw missing(options)
  for (const [index, { interval, interval_count }] of pause.duration.interval_options.entries())
    checkIntervals(interval, interval_count, `${options}[${index}][interval_count]`)
  for (const [index, { prices, product }] of (update.products ?? []).entries()) {
    const param = `features[subscription_update][products][${index}]`
    ctx.tables.product.need(product, `${param}[product]`)
    for (const price of prices) ctx.tables.price.need(price, `${param}[prices]`)
  }
}

/** The fields of a new configuration. */
export function configurationFields(
  ctx: Context,
  params: CreateParamsOf<'billing_portal.configuration'>,
  isDefault: boolean,
): Given<Configuration> {
  const features = mergeFeatures(params.features)
  checkFeatures(ctx, features)
  return {
    active: true,
    application: null,
    business_profile: {
      headline: null,
      privacy_policy_url: null,
      terms_of_service_url: null,
      ...params.business_profile,
    },
    default_return_url: params.default_return_url ?? null,
    features,
    is_default: isDefault,
    login_page: { enabled: params.login_page?.enabled ?? false, url: null },
    metadata: params.metadata ?? {},
    name: params.name ?? null,
    updated: ctx.now,
  }
}

/** The account's default configuration: made when it is first needed, as there is no dashboard to save one in. */
export function defaultConfiguration(ctx: Context): Configuration {
  for (const each of ctx.tables['billing_portal.configuration'].all()) if (each.is_default) return each
  const fields = configurationFields(ctx, { features: standard } as Parameters<typeof configurationFields>[1], true)
  const made = ctx.tables['billing_portal.configuration'].create(fields)
  ctx.emit('billing_portal.configuration.created', made)
  return made
}

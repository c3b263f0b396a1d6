import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { clockOf } from '../invoicing/time.ts'
import { changeSubscription, type Subscription } from '../subscription/record.ts'
import { automaticTaxOn } from '../tax/automatic.ts'
import type { CreateParamsOf, Given } from '../wire.ts'
import { type Phase, phaseOf, type Schedule } from './phases.ts'

type Params = Pick<
  CreateParamsOf<'subscription_schedule'>,
  'billing_mode' | 'default_settings' | 'end_behavior' | 'metadata'
>

/** What every new schedule has. */
export const scheduleStart = (ctx: Context, params: Params, customer: string): Given<Schedule> => ({
  billing_mode: { flexible: null, type: params.billing_mode?.type ?? 'flexible' },
  created: ctx.now,
  customer,
  default_settings: {
    application_fee_percent: null,
    ...(params.default_settings?.automatic_tax && {
      automatic_tax: automaticTaxOn(params.default_settings.automatic_tax.enabled),
    }),
    billing_cycle_anchor: params.default_settings?.billing_cycle_anchor ?? 'automatic',
    collection_method: params.default_settings?.collection_method ?? 'charge_automatically',
    default_payment_method: params.default_settings?.default_payment_method ?? null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      days_until_due: params.default_settings?.invoice_settings?.days_until_due ?? null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
  },
  end_behavior: params.end_behavior ?? 'release',
  metadata: params.metadata ?? {},
  test_clock: clockOf(ctx, customer),
})

/** A schedule that takes a subscription over: its first phase is what the subscription is now. Not stored; says so to the subscription. */
export function takeOver(ctx: Context, subscription: Subscription, params: Params, id: string): Given<Schedule> {
  if (subscription.schedule)
    throw stripeError(
      400,
      undefined,
      `You cannot migrate a subscription that is already attached to a schedule: \`${subscription.schedule}\`.`,
      'from_subscription',
    )
  const phase = phaseOf(ctx, subscription) as Phase
  changeSubscription(ctx, subscription, { schedule: id })
  return {
    ...scheduleStart(ctx, params, subscription.customer),
    id,
    billing_mode: subscription.billing_mode,
    current_phase: { end_date: phase.end_date, start_date: phase.start_date },
    phases: [phase],
    status: 'active',
    subscription: subscription.id,
  }
}

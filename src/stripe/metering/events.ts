import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { clockOf, onClock } from '../invoicing/time.ts'
import { checkThresholds } from '../subscription/threshold.ts'
import { addUsage, type Meter, removeUsage } from './usage.ts'

export interface MeterEventInput {
  event_name: string
  identifier?: string | undefined
  payload: Record<string, string>
  /** Epoch seconds. */
  timestamp?: number | undefined
}

export interface MeterEvent {
  object: 'billing.meter_event'
  created: number
  event_name: string
  identifier: string
  livemode: false
  payload: Record<string, string>
  timestamp: number
}

const day = 86_400
/** How far from now an event may lie, in seconds. Source: docs.stripe.com/api/billing/meter-event/create. */
const oldest = 35 * day
const newest = 5 * 60
const dedupeWindow = day

interface Known {
  at: number
  event_name: string
  meter: string
  customer: string
}

const identifiersKey = 'meter event identifiers'

function identifiers(ctx: Context): Map<string, Known> {
  const known = ctx.account.memory.get(identifiersKey) as Map<string, Known> | undefined
  if (known) return known
  const made = new Map<string, Known>()
  ctx.account.memory.set(identifiersKey, made)
  return made
}

/** As if the time for which identifiers are known were over. */
export const forgetIdentifiers = ({ memory }: Pick<Context['account'], 'memory'>): boolean =>
  memory.delete(identifiersKey)

/** Counts an event; an identifier counts once within a day. Rules: docs.stripe.com/billing/subscriptions/usage-based/recording-usage. */
export function recordMeterEvent(context: Context, input: MeterEventInput): MeterEvent {
  const meter = activeMeter(context, input.event_name)
  const customer = customerOf(context, meter, input.payload)
  const ctx = onClock(context, clockOf(context, customer))
  const value = usedValue(meter, input.payload)
  const timestamp = input.timestamp ?? ctx.now
  needNear(timestamp, ctx.now)
  const identifier = input.identifier ?? ctx.newSecret(32)
  needNew(ctx, identifier)
  identifiers(ctx).set(identifier, { at: ctx.now, event_name: input.event_name, meter: meter.id, customer })
  addUsage(ctx, meter.id, customer, { identifier, timestamp, value })
  for (const { id } of ctx.tables.subscription.by('customer', customer)) checkThresholds(ctx, id)
  return {
    object: 'billing.meter_event',
    created: ctx.now,
    event_name: input.event_name,
    identifier,
    livemode: false,
    payload: input.payload,
    timestamp,
  }
}

function activeMeter(ctx: Context, name: string): Meter {
  const found = ctx.tables['billing.meter'].by('event_name', name)
  const active = found.find(({ status }) => status === 'active')
  if (active) return active
  if (found.length > 0)
    throw stripeError(400, 'archived_meter', `The meter for the event name '${name}' is inactive.`, 'event_name')
  throw stripeError(400, 'resource_missing', `No active meter found for event name '${name}'.`, 'event_name')
}

function customerOf(ctx: Context, meter: Meter, payload: Record<string, string>): string {
  const name = meter.customer_mapping.event_payload_key
  const id = payload[name]
  if (!id)
    throw stripeError(
      400,
      'meter_event_no_customer_defined',
      `The payload of the event has no customer: it should be under the key \`${name}\`.`,
      'payload',
    )
  if (ctx.tables.customer.get(id)) return id
  throw stripeError(400, 'meter_event_customer_not_found', `No such customer: '${id}'`, `payload[${name}]`)
}

function usedValue(meter: Meter, payload: Record<string, string>): string {
  if (meter.default_aggregation.formula === 'count') return payload[meter.value_settings.event_payload_key] ?? '1'
  const name = meter.value_settings.event_payload_key
  const value = payload[name]
  if (value === undefined)
    throw stripeError(
      400,
      'meter_event_value_not_found',
      `The payload of the event has no value under the key \`${name}\`.`,
      'payload',
    )
  if (/^-?\d{1,15}(\.\d{1,12})?$/.test(value)) return value
  throw stripeError(
    400,
    'meter_event_invalid_value',
    `The value of the event is not a number: '${value.slice(0, 40)}'.`,
    `payload[${name}]`,
  )
}

function needNear(timestamp: number, now: number): void {
  if (timestamp < now - oldest)
    throw stripeError(
      400,
      'timestamp_too_far_in_past',
      'The timestamp of the event must be within the past 35 calendar days.',
      'timestamp',
    )
  if (timestamp > now + newest)
    throw stripeError(
      400,
      'timestamp_in_future',
      'The timestamp of the event must be at most 5 minutes in the future.',
      'timestamp',
    )
}

function needNew(ctx: Context, identifier: string): void {
  const known = identifiers(ctx).get(identifier)
  if (!known || known.at <= ctx.now - dedupeWindow) return
  throw stripeError(
    400,
    'duplicate_meter_event',
    `An event already exists with identifier ${identifier}.`,
    'identifier',
  )
}

/** Takes an event of the last day back. */
export function cancelMeterEvent(context: Context, event_name: string, identifier: string | undefined): object {
  activeMeter(context, event_name)
  const known = identifiers(context).get(identifier ?? '')
  const ctx = known ? onClock(context, clockOf(context, known.customer)) : context
  const isCancelable =
    known !== undefined &&
    known.event_name === event_name &&
    known.at > ctx.now - dedupeWindow &&
    removeUsage(ctx, known.meter, known.customer, identifier!)
  if (!isCancelable)
    throw stripeError(
      400,
      'resource_missing',
      `No meter event of the last 24 hours with identifier '${identifier ?? ''}'.`,
      'cancel[identifier]',
    )
  return {
    object: 'billing.meter_event_adjustment',
    cancel: { identifier },
    event_name,
    livemode: false,
    status: 'pending',
    type: 'cancel',
  }
}

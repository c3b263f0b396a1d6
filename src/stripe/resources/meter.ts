import { defineResource, type OperationContext } from '../define.ts'
import { stripeError } from '../error.ts'
import { cancelMeterEvent, type MeterEventInput, recordMeterEvent } from '../metering/events.ts'
import { streamMeterEvents } from '../metering/stream.ts'
import { type SummaryQuery, summarize } from '../metering/summaries.ts'
import { issueToken } from '../protocol/session-token.ts'

const sessionSeconds = 15 * 60

/** Meters, and the events that they count. Rules: docs.stripe.com/api/billing/meter, …/meter-event, …/meter-event-adjustment. */
export const meters = defineResource({
  object: 'billing.meter',
  indexes: ['event_name'],

  create(ctx) {
    const { params, tables } = ctx
    const twin = tables['billing.meter'].by('event_name', params.event_name).find(({ status }) => status === 'active')
    if (twin)
      throw stripeError(
        400,
        'resource_already_exists',
        `An active meter (${twin.id}) already exists for the event name '${params.event_name}'.`,
        'event_name',
      )
    return {
      customer_mapping: params.customer_mapping ?? { event_payload_key: 'stripe_customer_id', type: 'by_id' },
      event_time_window: params.event_time_window ?? null,
      status: 'active',
      status_transitions: { deactivated_at: null },
      updated: ctx.now,
      value_settings: params.value_settings ?? { event_payload_key: 'value' },
    }
  },

  update: (ctx) => ({ updated: ctx.now }),

  actions: {
    deactivate(ctx) {
      const fields = { status: 'inactive', status_transitions: { deactivated_at: ctx.now }, updated: ctx.now } as const
      const meter = ctx.save(fields)
      ctx.emit('billing.meter.deactivated', meter)
      return meter
    },
    reactivate(ctx) {
      const fields = { status: 'active', status_transitions: { deactivated_at: null }, updated: ctx.now } as const
      const meter = ctx.save(fields)
      ctx.emit('billing.meter.reactivated', meter)
      return meter
    },
  },

  operations: {
    'GET /v1/billing/meters/{id}/event_summaries': (ctx) =>
      summarize(ctx, ctx.tables['billing.meter'].need(ctx.path.id), ctx.params as unknown as SummaryQuery),

    'POST /v1/billing/meter_events': (ctx) => recordMeterEvent(ctx, ctx.params as unknown as MeterEventInput),

    'POST /v1/billing/meter_event_adjustments': (ctx) => cancelFrom(ctx),

    'POST /v2/billing/meter_events'(ctx) {
      const event = recordMeterEvent(ctx, v2Input(ctx.params))
      return {
        ...event,
        object: 'v2.billing.meter_event',
        created: iso(event.created),
        timestamp: iso(event.timestamp),
      }
    },

    'POST /v2/billing/meter_event_adjustments'(ctx) {
      const adjustment = cancelFrom(ctx)
      const id = ctx.newId('v2.billing.meter_event_adjustment')
      return { ...adjustment, id, object: 'v2.billing.meter_event_adjustment', created: iso(ctx.now) }
    },

    'POST /v2/billing/meter_event_stream'(ctx) {
      streamMeterEvents(ctx, (ctx.params.events as Record<string, unknown>[]).map(v2Input))
      return {}
    },

    'POST /v2/billing/meter_event_session': (ctx) => ({
      id: ctx.newId('v2.billing.meter_event_session'),
      object: 'v2.billing.meter_event_session',
      authentication_token: issueToken(ctx.account.id),
      created: iso(ctx.now),
      expires_at: iso(ctx.now + sessionSeconds),
      livemode: false,
    }),
  },
})

const cancelFrom = (ctx: OperationContext): object =>
  cancelMeterEvent(
    ctx,
    String(ctx.params.event_name),
    (ctx.params.cancel as { identifier?: string } | undefined)?.identifier,
  )

const v2Input = ({ timestamp, ...event }: Record<string, unknown>): MeterEventInput => ({
  ...(event as unknown as MeterEventInput),
  timestamp: timestamp === undefined ? undefined : Math.floor(Date.parse(String(timestamp)) / 1000),
})

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()

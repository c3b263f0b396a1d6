import type { Context } from '../define.ts'
import { StripeError } from '../error.ts'
import { type MeterEventInput, recordMeterEvent } from './events.ts'

interface Rejected {
  code: string
  message: string
  identifier: string
}

/**
 * Counts streamed events. What is wrong with one is not answered but reported afterwards, by thin events: one for all events of unknown
 * meters, one per meter for the rest. Source: docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api#handle-errors.
 */
export function streamMeterEvents(ctx: Context, inputs: readonly MeterEventInput[]): void {
  const rejected = new Map<string, Rejected[]>()
  for (const input of inputs) {
    const problem = tryToRecord(ctx, input)
    if (!problem) continue
    const meter = ctx.tables['billing.meter'].by('event_name', input.event_name)[0]?.id ?? ''
    rejected.set(meter, [...(rejected.get(meter) ?? []), meter === '' ? { ...problem, code: 'no_meter' } : problem])
  }
  for (const [meter, problems] of rejected) report(ctx, meter, problems)
}

function tryToRecord(ctx: Context, input: MeterEventInput): Rejected | undefined {
  try {
    recordMeterEvent(ctx, input)
    return undefined
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    const { code = 'meter_event_invalid_value', message = '' } = error.fields
    // An event that is sent twice counts once, without a word.
    return code === 'duplicate_meter_event' ? undefined : { code, message, identifier: input.identifier ?? '' }
  }
}

function report(ctx: Context, meter: string, problems: readonly Rejected[]): void {
  const codes = [...new Set(problems.map(({ code }) => code))]
  const at = new Date(ctx.now * 1000).toISOString()
  const data = {
    developer_message_summary: `There is ${problems.length} invalid event`.replace(
      /^There is (?!1 )(.*)$/,
      'There are $1s',
    ),
    reason: {
      error_count: problems.length,
      error_types: codes.map((code) => {
        const same = problems.filter((problem) => problem.code === code)
        const sample_errors = same.slice(0, 5).map(({ identifier, message }) => ({
          error_message: message,
          request: { identifier },
        }))
        return { code, error_count: same.length, sample_errors }
      }),
    },
    validation_end: at,
    validation_start: at,
  }
  if (meter === '') ctx.emit('v1.billing.meter.no_meter_found', { data })
  else ctx.emit('v1.billing.meter.error_report_triggered', { id: meter, object: 'billing.meter', data })
}

import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'

/** Reports that are made in the background; ours are empty. Source: docs.stripe.com/reports/api. */
export const reportRuns = defineResource({
  object: 'reporting.report_run',

  create(ctx) {
    const { id, params } = ctx
    const { interval_end, interval_start } = params.parameters ?? {}
    if (interval_start !== undefined && interval_end !== undefined && interval_start >= interval_end)
      throw stripeError(
        400,
        undefined,
        'The interval_start must be before the interval_end.',
        'parameters[interval_start]',
      )
    ctx.schedule('reporting.report_run', 'finish', id, ctx.now + 1)
    return { error: null, result: null, status: 'pending', succeeded_at: null }
  },

  jobs: {
    finish(ctx) {
      const result = ctx.tables.file.create({
        filename: `${ctx.object.report_type}.csv`,
        purpose: 'finance_report_run',
        size: 0,
        title: null,
        type: 'csv',
      })
      const fields = { result, status: 'succeeded', succeeded_at: ctx.now }
      ctx.emit('reporting.report_run.succeeded', ctx.tables['reporting.report_run'].patch(ctx.id, fields))
    },
  },
})

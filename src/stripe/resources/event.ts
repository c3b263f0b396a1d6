import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'

/** Events are made by what happens; the command line tool's `events resend` sends one again. */
export const events = defineResource({
  object: 'event',
  indexes: ['type'],

  operations: {
    'POST /v1/events/{id}/retry'(ctx) {
      const id = ctx.path.id ?? ''
      const event = ctx.tables.event.need(id, 'id')
      const { webhook_endpoint } = ctx.params as { webhook_endpoint?: string }
      if (ctx.resend(id, webhook_endpoint)) return event
      throw stripeError(400, 'resource_missing', `No such webhook endpoint: '${webhook_endpoint}'`, 'webhook_endpoint')
    },
  },
})

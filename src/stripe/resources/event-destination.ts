import { defineResource, type OperationContext } from '../define.ts'
import { stripeError } from '../error.ts'
import { keepSecrets, secretsOf } from '../webhooks/endpoints.ts'
import type { Stored } from '../wire.ts'

type Destination = Stored<'v2.core.event_destination'>

/** Where events of v2 go, or snapshots under v2's rules: docs.stripe.com/api/v2/core/event-destinations. */
export const eventDestinations = defineResource({
  object: 'v2.core.event_destination',

  operations: {
    'POST /v2/core/event_destinations'(ctx) {
      const params = ctx.params as unknown as DestinationParams
      if (params.type === 'webhook_endpoint' && !params.webhook_endpoint?.url)
        throw stripeError(400, 'parameter_missing', 'Missing required param: webhook_endpoint.url.', 'webhook_endpoint')
      const { include, webhook_endpoint, ...given } = params
      const now = new Date(ctx.now * 1000).toISOString()
      const destination = ctx.tables['v2.core.event_destination'].create({
        ...given,
        created: now,
        description: params.description ?? '',
        events_from: params.events_from ?? ['self'],
        livemode: false,
        status: 'enabled',
        updated: now,
        ...(webhook_endpoint && { webhook_endpoint: { url: webhook_endpoint.url } }),
      })
      keepSecrets(ctx.account, destination.id, [`whsec_${ctx.newSecret(32)}`])
      return shown(ctx, destination)
    },

    'GET /v2/core/event_destinations/{id}': (ctx) =>
      shown(ctx, ctx.tables['v2.core.event_destination'].need(ctx.path.id)),

    'POST /v2/core/event_destinations/{id}/ping'(ctx) {
      const { id } = ctx.tables['v2.core.event_destination'].need(ctx.path.id)
      return ctx.emitNow('v2.core.event_destination.ping', { id, object: 'v2.core.event_destination' })
    },
  },

  remove(ctx) {
    keepSecrets(ctx.account, ctx.id, [])
  },
})

interface DestinationParams {
  type: Destination['type']
  enabled_events: string[]
  event_payload: Destination['event_payload']
  name: string
  description?: string
  events_from?: string[]
  include?: string[]
  metadata?: Record<string, string>
  webhook_endpoint?: { url?: string }
}

/** The URL and the secret of a webhook are only told where `include` asks for them. */
function shown(ctx: OperationContext, destination: Destination): object {
  const { webhook_endpoint, ...rest } = destination
  if (!webhook_endpoint) return rest
  const include = (ctx.params.include as string[] | undefined) ?? []
  const secret = secretsOf(ctx.account, destination.id)[0]
  return {
    ...rest,
    webhook_endpoint: {
      ...(include.includes('webhook_endpoint.url') && { url: webhook_endpoint.url }),
      ...(include.includes('webhook_endpoint.signing_secret') && { signing_secret: secret }),
    },
  }
}

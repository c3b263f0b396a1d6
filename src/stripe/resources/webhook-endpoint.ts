import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { keepSecrets, markConnect } from '../webhooks/endpoints.ts'

/** Rules: docs.stripe.com/api/webhook_endpoints. The signing secret is in the answer that creates the endpoint and nowhere else. */
export const webhookEndpoints = defineResource({
  object: 'webhook_endpoint',

  operations: {
    'POST /v1/webhook_endpoints'(ctx) {
      const params = ctx.params as EndpointParams
      if (!params.url) throw stripeError(400, 'parameter_missing', 'Missing required param: url.', 'url')
      checkUrl(params.url)
      if (!params.enabled_events?.length)
        throw stripeError(400, 'parameter_missing', 'Missing required param: enabled_events.', 'enabled_events')
      const endpoint = ctx.tables.webhook_endpoint.create({
        api_version: params.api_version ?? null,
        application: null,
        description: params.description ?? null,
        enabled_events: params.enabled_events,
        metadata: params.metadata ?? {},
        status: 'enabled',
        url: params.url,
      })
      const secret = `whsec_${ctx.newSecret(32)}`
      keepSecrets(ctx.account, endpoint.id, [secret])
      if (params.connect) markConnect(ctx.account, endpoint.id)
      return { ...endpoint, secret }
    },
  },

  update({ params }) {
    if (params.url !== undefined) checkUrl(params.url)
    return params.disabled === undefined ? undefined : { status: params.disabled ? 'disabled' : 'enabled' }
  },

  remove(ctx) {
    keepSecrets(ctx.account, ctx.id, [])
  },
})

interface EndpointParams {
  connect?: boolean
  url?: string
  enabled_events?: string[]
  api_version?: string
  description?: string
  metadata?: Record<string, string>
}

function checkUrl(url: string): void {
  if (!/^[a-z]+:\/\//i.test(url))
    throw stripeError(400, 'url_invalid', 'Invalid URL: An explicit scheme (such as https) must be provided.', 'url')
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw stripeError(400, 'url_invalid', 'Not a valid URL', 'url')
}

import type { FastifyInstance } from 'fastify'
import { paypalReaders } from './payments/paypal-facts.ts'
import { stripeReaders } from './payments/stripe-facts.ts'
import type { Backend } from './settings.ts'

const meteringEndpoints = [
  'PUT /v1/stripe/config',
  'GET /v1/stripe/config',
  'DELETE /v1/stripe/config',
  'POST /v1/stripe/config/test',
  'POST /v1/stripe/meters/mapping',
  'POST /v1/stripe/meter-mappings',
  'GET /v1/stripe/meter-mappings',
  'DELETE /v1/stripe/meter-mappings/{id}',
  'POST /v1/stripe/customer-mappings',
  'POST /webhooks/stripe/{tenant}/{environment}',
  'POST /v1/events',
  'POST /v1/stripe/sync/manual',
  'GET /v1/stripe/sync/batches',
  'GET /v1/stripe/sync/status',
  'GET /metrics',
]

/** `GET /status`: how it is configured, in words that hold no secret: what is set is told, never what it is set to. */
export function registerStatus(app: FastifyInstance, backend: Backend): void {
  app.get('/status', async () => ({
    version: backend.build.version,
    ...(backend.mutant && {
      MUTANT: backend.mutant,
      warning: 'this process is broken on purpose: never let it take money',
    }),
    configuration: {
      environment: backend.environment ?? 'development',
      database: backend.database.engine,
      redis: backend.redis !== undefined,
      stripe: { mode: backend.stripe.mode, webhook_secrets: backend.webhookSecrets.length },
      paypal: backend.paypal ? { verify: backend.paypal.mode } : null,
      notify: backend.notify.mode,
      require_webhook_signature: true,
      problems: backend.problems ?? [],
    },
    supported_events: { stripe: Object.keys(stripeReaders), paypal: Object.keys(paypalReaders) },
    endpoints: [
      'POST /checkout',
      'POST /checkout/paypal',
      'GET /checkout/paypal/return',
      'POST /subscription/checkout',
      'POST /subscription/portal',
      'GET /subscription/prices',
      'POST /webhooks/payments',
      'POST /webhooks/stripe',
      'POST /webhooks/paypal',
      'POST /stripe/webhook',
      'POST /payments/{id}/refunds',
      'GET /payments/{id}',
      'GET /users/{id}',
      'GET /users/{id}/cards',
      'GET /users/{id}/purchases',
      'POST /users/{id}/cards/spend',
      'PUT /admin/connection',
      'GET /admin/connection',
      'POST /admin/connection/test',
      'POST /admin/sync',
      'POST /admin/sync/{id}',
      'GET /api/products',
      ...(backend.metering ? meteringEndpoints : []),
      'GET /audit',
      'GET /audit/verify',
      'POST /api/stripe_ext/checkout',
      'POST /api/stripe_ext/webhook',
      'POST /api/notify_ext/send',
      'GET /health',
      'GET /status',
      'GET /version',
    ],
  }))
}

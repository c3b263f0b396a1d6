import type { FastifyInstance } from 'fastify'
import { registerNotifySend } from './adapters/notify-send.ts'
import { registerStripeCheckout } from './adapters/stripe-checkout.ts'
import { registerStripeWebhook } from './adapters/stripe-webhook.ts'
import { registerHealth } from './health.ts'
import { applyHouseRules } from './http.ts'
import { sendPendingMails } from './orders/pending-mails.ts'
import { registerOrders } from './orders/routes.ts'
import { registerReturnPages } from './return-pages.ts'
import type { Backend } from './settings.ts'

/** The reference backend as a Fastify application: not listening yet, so that more routes can be mounted on it. */
export async function createBackendApp(backend: Backend): Promise<FastifyInstance> {
  const { default: fastify } = await import('fastify')
  const app = fastify({ bodyLimit: 256 * 1024, requestTimeout: 15_000, forceCloseConnections: true })
  applyHouseRules(app)
  registerHealth(app, backend)
  registerStripeCheckout(app, backend)
  registerStripeWebhook(app, backend)
  registerNotifySend(app, backend)
  registerOrders(app, backend)
  registerReturnPages(app)
  app.addHook('onReady', async () => {
    await sendPendingMails(backend)
  })
  return app
}

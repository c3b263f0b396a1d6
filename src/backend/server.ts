import type { FastifyInstance } from 'fastify'
import { registerNotifySend } from './adapters/notify-send.ts'
import { registerStripeCheckout } from './adapters/stripe-checkout.ts'
import { registerAudit } from './audit/routes.ts'
import { registerPaypalCheckout } from './checkout/paypal.ts'
import { registerCheckout } from './checkout/routes.ts'
import { registerConnection } from './connection/routes.ts'
import { registerHealth } from './health.ts'
import { applyHouseRules, HttpError } from './http.ts'
import { registerMetering } from './metering/routes.ts'
import { sendPendingMails } from './orders/pending-mails.ts'
import { registerOrders } from './orders/routes.ts'
import { type Parts, referenceParts } from './parts.ts'
import { registerProducts } from './products/routes.ts'
import { registerRefunds } from './refunds/routes.ts'
import { registerReturnPages } from './return-pages.ts'
import type { Backend } from './settings.ts'
import { registerStatus } from './status.ts'
import { refreshMarked } from './subscriptions/refresh.ts'
import { registerUsers } from './users/routes.ts'
import { registerSpend } from './users/spend.ts'
import { registerWebhooks } from './webhooks/routes.ts'

/** Bodies are read by zod: the compilers for JSON schemas need not be loaded at every start. */
const noSchemas = (): never => {
  throw new Error('no route of this application has a JSON schema')
}

export const loadFastify = () => import('fastify')

/** The reference backend as a Fastify application: not listening yet, so that more routes can be mounted on it. */
export async function createBackendApp(backend: Backend, parts: Parts = referenceParts): Promise<FastifyInstance> {
  const { default: fastify } = await loadFastify()
  const app = fastify({
    bodyLimit: 256 * 1024,
    requestTimeout: 15_000,
    forceCloseConnections: true,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  })
  const context = { backend, parts }
  applyHouseRules(app)
  refuseWhileMisconfigured(app, backend)
  registerHealth(app, backend)
  registerStatus(app, backend)
  registerStripeCheckout(app, backend)
  registerCheckout(app, context)
  registerPaypalCheckout(app, context)
  registerWebhooks(app, context)
  registerRefunds(app, context)
  registerUsers(app, backend)
  registerSpend(app, backend)
  registerConnection(app, context)
  registerProducts(app, context)
  registerMetering(app, context)
  registerAudit(app, backend)
  registerNotifySend(app, backend)
  registerOrders(app, backend)
  registerReturnPages(app)
  drain(app, context)
  return app
}

/** A production process without the keys it needs answers what it is asked about itself, and touches no money. */
function refuseWhileMisconfigured(app: FastifyInstance, { problems = [] }: Backend): void {
  if (problems.length === 0) return
  app.addHook('onRequest', async ({ method }) => {
    if (method !== 'GET' && method !== 'HEAD')
      throw new HttpError(503, 'misconfigured', 'this process is not configured for production; see GET /health')
  })
}

/** Sends what an earlier process left behind, and keeps trying what did not go out while there was nobody to ask again. */
function drain(app: FastifyInstance, context: { backend: Backend; parts: Parts }): void {
  const { backend } = context
  let timer: NodeJS.Timeout | undefined
  const work = async () => {
    await sendPendingMails(backend).catch(() => {})
    await refreshMarked(context).catch(() => {})
    await backend.auditCopy?.update(backend.database).catch(() => {})
    if (timer) timer = setTimeout(work, backend.drainMs).unref()
  }
  app.addHook('onReady', async () => {
    await sendPendingMails(backend)
    if (backend.drainMs) timer = setTimeout(work, backend.drainMs).unref()
  })
  app.addHook('onClose', async () => {
    clearTimeout(timer)
    timer = undefined
  })
}

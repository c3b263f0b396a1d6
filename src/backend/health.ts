import { access, constants } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type { Backend } from './settings.ts'

/** `GET /health` asks each part now and answers 503 when one is down; `GET /version` names the build, for identity checks. */
export function registerHealth(app: FastifyInstance, backend: Backend): void {
  app.get('/health', async (_request, reply) => {
    const services = { database: await stateOf(askDatabase(backend)), outbox: await stateOf(askOutbox(backend)) }
    const isUp = Object.values(services).every((state) => state === 'up')
    const timestamp = new Date(backend.clock.now()).toISOString()
    return reply.status(isUp ? 200 : 503).send({
      status: isUp ? 'ok' : 'degraded',
      timestamp,
      version: backend.build.version,
      services,
      providers: { stripe: backend.stripe.mode, notify: backend.notify.mode },
    })
  })
  app.get('/version', async () => ({
    name: 'gatekit-backend',
    version: backend.build.version,
    sha: backend.build.sha ?? null,
    livemode: backend.stripe.mode === 'live',
    database: backend.database.engine,
  }))
}

const stateOf = (asked: Promise<unknown>): Promise<'up' | 'down'> =>
  asked.then(
    () => 'up',
    () => 'down',
  )

const askDatabase = ({ database }: Backend) => database.query('select 1 from schema_migrations limit 1')
const askOutbox = ({ outbox }: Backend) => access(outbox.dir, constants.W_OK)

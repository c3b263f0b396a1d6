import { access, constants } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type { Backend } from './settings.ts'

type State = 'up' | 'down'

/** `GET /health` asks each part now and answers 503 when one is down; `GET /version` names the build, for identity checks. */
export function registerHealth(app: FastifyInstance, backend: Backend): void {
  app.get('/health', async (_request, reply) => {
    const [database, outbox, redis] = await Promise.all([
      stateOf(askDatabase(backend)),
      stateOf(askOutbox(backend)),
      backend.redis && stateOf(backend.redis.ping()),
    ])
    const services = {
      webhook_processor: processorOf(backend, database),
      database,
      outbox,
      ...(redis && { redis }),
    }
    const isUp = Object.values(services).every((state) => state === 'up')
    const timestamp = new Date(backend.clock.now()).toISOString()
    return reply.status(isUp ? 200 : 503).send({
      status: isUp ? 'ok' : 'degraded',
      timestamp,
      version: backend.build.version,
      services,
      providers: { stripe: backend.stripe.mode, notify: backend.notify.mode },
      ...(backend.problems?.length && { problems: backend.problems }),
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

/** Webhooks are taken with a database and a configuration that may take money. */
const processorOf = ({ problems = [] }: Backend, database: State): State =>
  database === 'up' && problems.length === 0 ? 'up' : 'down'

/** A part that does not answer in time is as down as one that refuses. */
function stateOf(asked: Promise<unknown>): Promise<State> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<State>((done) => {
    timer = setTimeout(() => done('down'), 1_500)
  })
  const answered = asked.then(
    () => 'up' as const,
    () => 'down' as const,
  )
  return Promise.race([answered, late]).finally(() => clearTimeout(timer))
}

const askDatabase = ({ database }: Backend) => database.query('select 1 from schema_migrations limit 1')
const askOutbox = ({ outbox }: Backend) => access(outbox.dir, constants.W_OK)

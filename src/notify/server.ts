import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { GatekitError } from '../kernel/errors.ts'
import { registerControl } from './control.ts'
import type { DialectDefinition } from './define.ts'
import { createDesk, defaultRandom } from './desk.ts'
import { dialects } from './dialects/list.ts'
import { registerInbox } from './inbox.ts'
import { createSchedule } from './schedule.ts'
import { createMessageStore, type MessageStore, type StoreLimits } from './store.ts'
import { createTurnedClock } from './turned-clock.ts'
import { createWebhooks, type Endpoint } from './webhooks.ts'

export interface NotifyServerOptions {
  /** 0 for a free one. */
  port?: number
  clock?: Clock
  /** Also takes mail over SMTP at this port; 0 for a free one. Nothing of it is loaded otherwise. */
  smtpPort?: number
  /** Bytes for ids. */
  random?: (bytes: number) => Buffer
  limits?: StoreLimits
  /** Where the application wants events, as over the control API. */
  webhooks?: readonly Endpoint[]
  /** Replaces the built-in providers. */
  dialects?: Readonly<Record<string, DialectDefinition>>
}

/** A running notify sandbox, on loopback only. */
export interface NotifyServer {
  url: string
  /** `smtp://127.0.0.1:…`, when it was asked for. */
  smtpUrl?: string
  messages: MessageStore
  /** Turns the sandbox's clock; resolves when everything that became due has happened. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

/** SendGrid takes 30 MB, the most of all. */
const maxBodyBytes = 32 * 1_048_576

/** Starts the notify sandbox: every provider's API below its real path, the control API and the inbox page. */
export async function createNotifyServer(options: NotifyServerOptions = {}): Promise<NotifyServer> {
  const { port = 0, random = defaultRandom, dialects: spoken = dialects } = options
  const clock = createTurnedClock(options.clock ?? systemClock)
  const schedule = createSchedule(clock)
  const store = createMessageStore(options.limits)
  const webhooks = createWebhooks({ dialects: spoken, schedule, id: (bytes) => random(bytes).toString('hex') })
  for (const endpoint of options.webhooks ?? []) webhooks.add(endpoint)
  const closing = new AbortController()
  const app = Fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
  })
  app.addHook('onRequest', refuseForeignPages)
  acceptForms(app)
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request, reply) =>
    reply.status(404).send({
      error: {
        message: `nothing at ${request.method} ${request.url.slice(0, 200)}; providers: ${Object.keys(spoken).join(', ')}`,
      },
    }),
  )
  registerControl(app, { store, clock, schedule, webhooks, signal: closing.signal })
  registerInbox(app, store)
  for (const dialect of Object.values(spoken)) {
    const desk = createDesk({ provider: dialect.name, clock, store, schedule, webhooks, random })
    app.register(async (scope) => dialect.register(scope, desk))
  }
  const url = await app.listen({ host: '127.0.0.1', port })
  const smtp = options.smtpPort === undefined ? undefined : await startSmtp(options.smtpPort)
  return {
    url,
    ...(smtp && { smtpUrl: smtp.url }),
    messages: store,
    async advance(ms) {
      clock.advance(ms)
      await schedule.run()
    },
    async close() {
      closing.abort()
      schedule.close()
      await smtp?.close()
      await app.close()
    },
  }

  async function startSmtp(smtpPort: number) {
    try {
      const { createSmtpServer } = await import('./smtp.ts')
      return await createSmtpServer(
        createDesk({ provider: 'smtp', clock, store, schedule, webhooks, random }),
        smtpPort,
      )
    } catch (error) {
      await app.close()
      throw error
    }
  }
}

/** A page of another site that the developer has open must not read or send mail here, under a name that resolves to this machine or otherwise. */
async function refuseForeignPages(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { host = '', origin } = request.headers
  const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
  if (/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host) && isOwn) return
  await reply
    .status(403)
    .send({ error: { message: 'the notify sandbox answers this machine only, and no pages of other sites' } })
}

function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
}

function answerError(
  error: Error & { statusCode?: number },
  _request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof GatekitError) {
    const [problem] = error.problems
    return reply
      .status(400)
      .send({ error: { message: error.message, ...(problem?.remedy && { remedy: problem.remedy }) } })
  }
  const status = error.statusCode ?? 500
  return reply.status(status).send({ error: { message: status < 500 ? error.message : 'the notify sandbox failed' } })
}

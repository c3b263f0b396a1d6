import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Target } from '../../change.ts'
import { insteadOf, webhooks } from '../../mutants/support/http.ts'
import { secretsOf } from '../../webhooks/tenants.ts'

/** Says to the routes that a request is from the worker; nobody outside this process knows it. */
const token = randomUUID()

export async function openQueue({ backend, parts }: Target): Promise<void> {
  await backend.database.query(
    `create table if not exists webhook_queue (
       id bigint generated always as identity primary key,
       url text not null,
       body bytea not null,
       queued_at bigint not null,
       is_done boolean not null default false
     )`,
  )
  const { checkStripe, checkPaypal } = parts
  parts.checkStripe = (each, raw, headers) =>
    headers['x-worker'] === token ? undefined : checkStripe(each, raw, headers)
  parts.checkPaypal = async (each, raw, headers) =>
    headers['x-worker'] === token ? undefined : checkPaypal(each, raw, headers)
}

/** Genuine events go into the queue and are acknowledged; what is not genuine goes on to the routes, which refuse it. */
export function workFromQueue(app: FastifyInstance, target: Target, { delayMs }: { delayMs: number }): void {
  const { database } = target.backend
  let timer: NodeJS.Timeout | undefined
  insteadOf(app, 'POST', webhooks, async ({ headers, url, body }) => {
    const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
    if (headers['x-worker'] === token || !isEvent(raw) || !(await isGenuine(target, url, raw, headers)))
      return undefined
    await database.query('insert into webhook_queue (url, body, queued_at) values ($1, $2, $3)', [url, raw, Date.now()])
    return { status: 'queued' }
  })
  const work = async (): Promise<void> => {
    await takeAll(app, target, delayMs).catch(() => {})
    if (timer) timer = setTimeout(work, 30).unref()
  }
  app.addHook('onReady', async () => {
    timer = setTimeout(work, 30).unref()
  })
  app.addHook('onClose', async () => {
    clearTimeout(timer)
    timer = undefined
  })
}

async function takeAll(app: FastifyInstance, { backend }: Target, delayMs: number): Promise<void> {
  const found = await backend.database.query(
    'select id::text as id, url, body from webhook_queue where not is_done and queued_at <= $1 order by id limit 20',
    [Date.now() - delayMs],
  )
  for (const { id, url, body } of found.rows) {
    const headers = { 'content-type': 'application/json', 'x-worker': token }
    const payload = Buffer.from(body as Uint8Array)
    const answer = await app.inject({ method: 'POST', url: String(url), headers, payload })
    if (answer.statusCode < 500)
      await backend.database.query('update webhook_queue set is_done = true where id = $1', [id])
  }
}

async function isGenuine(
  { backend, parts }: Target,
  url: string,
  raw: Buffer,
  headers: Record<string, string | string[] | undefined>,
): Promise<boolean> {
  if (url.endsWith('/paypal')) return (await parts.checkPaypal(backend, raw, headers)) === undefined
  // What is in the queue is believed later, so it must be signed with the secret of the tenant whose webhook it came to.
  const [, tenant] = /^\/webhooks\/stripe\/([^/?]+)/.exec(url) ?? []
  const webhookSecrets = secretsOf(backend, tenant)
  return (await parts.checkStripe({ ...backend, webhookSecrets }, raw, headers)) === undefined
}

function isEvent(raw: Buffer): boolean {
  try {
    const event = JSON.parse(raw.toString('utf8'))
    return typeof event?.id === 'string' && typeof (event.data?.object ?? event.resource) === 'object'
  } catch {
    return false
  }
}

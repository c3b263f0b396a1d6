import type { FastifyInstance } from 'fastify'
import { HttpError } from '../http.ts'
import type { Backend } from '../settings.ts'
import { readAudit, verifyAudit } from './read.ts'

interface Filter {
  target?: string
  user?: string
  after?: string
  limit?: string
}

/** `GET /audit` and `GET /audit/verify`. The log is read only: every other method is a 405. */
export function registerAudit(app: FastifyInstance, { database }: Backend): void {
  app.get<{ Querystring: Filter }>('/audit', async ({ query }) => {
    const records = await readAudit(database, {
      target: textOf(query.target),
      user: textOf(query.user),
      after: numberOf(query.after, 0, Number.MAX_SAFE_INTEGER),
      limit: numberOf(query.limit, 1000, 1000),
    })
    const items = records.map(({ userId, targetId, createdAt, prevHash, ...rest }) => ({
      ...rest,
      user_id: userId,
      target_id: targetId,
      created_at: createdAt,
      prev_hash: prevHash,
    }))
    return { items, next: items.length === 1000 ? items.at(-1)?.seq : null }
  })
  app.get('/audit/verify', async (_request, reply) => {
    const verdict = await verifyAudit(database)
    return reply.status(verdict.ok ? 200 : 409).send(verdict)
  })
  for (const url of ['/audit', '/audit/:id'])
    app.route({
      method: ['POST', 'PUT', 'PATCH', 'DELETE'],
      url,
      handler: async (_request, reply) => {
        reply.header('allow', 'GET')
        throw new HttpError(405, 'method_not_allowed', 'the audit log is append-only')
      },
    })
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.replaceAll('\0', '').slice(0, 255) : undefined

function numberOf(text: unknown, otherwise: number, most: number): number {
  const number = Number(text ?? otherwise)
  return Number.isSafeInteger(number) && number >= 0 ? Math.min(number, most) : otherwise
}

import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'

/** An answer other than 2xx that the caller can act on. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** One error shape for every route, the same headers everywhere, and nothing of an internal error but its request id. */
export function applyHouseRules(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    reply.header('x-content-type-options', 'nosniff')
    reply.header('x-frame-options', 'DENY')
    reply.header('referrer-policy', 'no-referrer')
    reply.header('cache-control', 'no-store')
    if (!reply.hasHeader('content-security-policy'))
      reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
    return payload
  })
  app.setNotFoundHandler(async (request, reply) => {
    const allowed = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) =>
      app.hasRoute({ method: method as 'GET', url: pathOf(request) }),
    )
    if (allowed.length === 0) return sendError(reply, 404, 'not_found', `no route ${request.method} ${pathOf(request)}`)
    reply.header('allow', allowed.join(', '))
    return sendError(reply, 405, 'method_not_allowed', `use ${allowed.join(' or ')}`)
  })
  app.setErrorHandler(async (error: Error & { statusCode?: number; code?: string }, request, reply) => {
    if (error instanceof HttpError) return sendError(reply, error.status, error.code, error.message)
    // Two requests made the same row at once (SQLSTATE 23505): the second succeeds when it is sent again.
    if (error.code === '23505') return sendError(reply, 409, 'conflict', 'the same thing is being done; try again')
    const status = error.statusCode ?? 500
    if (status < 500) return sendError(reply, status, codeOf(status), error.message)
    return sendError(reply, 500, 'internal_error', `the request failed; see the log for ${request.id}`)
  })
}

const codeOf = (status: number): string =>
  ({ 400: 'invalid_request', 413: 'body_too_large', 415: 'unsupported_media_type' })[status] ?? 'invalid_request'

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '/'

function sendError(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.status(status).send({ error: { code, message } })
}

/** The body as `schema` describes it, or a 422 that names the first field that is wrong. */
export function readBody<Schema extends z.ZodType>(request: FastifyRequest, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(request.body ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new HttpError(422, 'invalid_field', `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`)
}

/** Compares in a time that tells nothing about where two texts differ, whatever their lengths. */
export function isSameSecret(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}

/** 401 without credentials, 403 with the wrong ones, 404 where no token was configured. */
export function requireAdmin(request: FastifyRequest, adminToken: string | undefined): void {
  if (!adminToken) throw new HttpError(404, 'not_found', 'administration is off: no token was configured')
  const [scheme, token] = (request.headers.authorization ?? '').split(' ', 2)
  if (scheme !== 'Bearer' || !token) throw new HttpError(401, 'unauthenticated', 'send Authorization: Bearer <token>')
  if (!isSameSecret(token, adminToken)) throw new HttpError(403, 'forbidden', 'this token is not known')
}

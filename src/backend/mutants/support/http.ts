import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? ''

/** Rewrites answers on their way out: by status, body or both. */
export function onAnswer(
  app: FastifyInstance,
  path: RegExp,
  change: (answer: { status: number; text: string }, request: FastifyRequest) => { status?: number; text?: string },
): void {
  app.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    if (!path.test(pathOf(request)) || typeof payload !== 'string') return payload
    const { status, text } = change({ status: reply.statusCode, text: payload }, request)
    if (status !== undefined) reply.status(status)
    if (text !== undefined) reply.removeHeader('content-length')
    return text ?? payload
  })
}

/** Answers requests before their route does; undefined lets them through. */
export function insteadOf(
  app: FastifyInstance,
  method: string,
  path: RegExp,
  answer: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
): void {
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== method || !path.test(pathOf(request))) return
    const body = await answer(request, reply)
    if (body !== undefined) await reply.send(body)
  })
}

/** The same before bodies are read, for any method. */
export function atTheDoor(
  app: FastifyInstance,
  path: RegExp,
  answer: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!path.test(pathOf(request))) return
    const body = await answer(request, reply)
    if (body !== undefined) await reply.send(body)
  })
}

export const webhooks = /^\/(webhooks|stripe)\//

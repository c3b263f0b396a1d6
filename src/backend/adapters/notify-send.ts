import { relative } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { GatekitError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { OutboxError } from '../../outbox/errors.ts'
import { HttpError, readBody } from '../http.ts'
import type { Backend } from '../settings.ts'

const body = z.strictObject({
  to: z.string().min(1).max(320),
  template: z.string().max(64).default('generic'),
  subject: z.string().max(998).default('Test'),
  data: z.record(z.string(), z.unknown()).default({}),
})

/** `POST /api/notify_ext/send`: writes the message to the outbox and, outside mock mode, hands it to the provider. */
export function registerNotifySend(app: FastifyInstance, backend: Backend): void {
  app.post('/api/notify_ext/send', async (request) => {
    const message = readBody(request, body)
    const key = request.headers['idempotency-key']
    const sent = await send(backend, message, typeof key === 'string' && key ? key.slice(0, 255) : undefined)
    const path = relative(backend.rootDir, sent.path)
    return {
      ok: true,
      mode: sent.mode,
      sandbox: sent.sandbox,
      mocked: sent.mocked,
      id: sent.id,
      path,
      outbox_path: path,
      replayed: sent.replayed,
    }
  })
}

async function send(backend: Backend, message: z.output<typeof body>, key: string | undefined) {
  try {
    return await backend.notify.send(message, key ? { key } : {})
  } catch (error) {
    throw asHttpError(error)
  }
}

/** The message is the caller's to mend; a full disk or a provider that does not answer is not. */
function asHttpError(error: unknown): unknown {
  if (error instanceof OutboxError && error.code === 'E_KEY_REUSED')
    return new HttpError(409, 'idempotency_conflict', 'this idempotency key was used with another message')
  if (!(error instanceof GatekitError)) return error
  if (error.exitCode === exitCodes.undecided)
    return new HttpError(503, 'message_not_taken', 'the message could not be kept or sent; try again')
  return new HttpError(error.exitCode === exitCodes.refused ? 403 : 422, 'message_refused', error.message)
}

import { appendFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

export interface RequestLog {
  write(entry: Record<string, unknown>): void
  /** One line for each request: its method, path, status and duration. Never a header, a body or a query. */
  attach(app: FastifyInstance): void
}

/** JSON lines to standard output, and to a file where one is named. */
export function openLog(file: string | undefined): RequestLog {
  const write = (entry: Record<string, unknown>): void => {
    const line = `${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`
    process.stdout.write(line)
    if (!file) return
    try {
      appendFileSync(file, line)
    } catch {
      // A log that cannot be written must not stop what it is about.
    }
  }
  return {
    write,
    attach(app) {
      app.addHook('onError', async (request, _reply, error: Error & { code?: string }) => {
        // The message may quote what must not be kept; the name and the code do not.
        write({ event: 'error', request: request.id, name: error.name, code: error.code ?? null })
      })
      app.addHook('onResponse', async (request, reply) => {
        const [path] = request.url.split('?', 1)
        write({
          event: 'request',
          request: request.id,
          method: request.method,
          path: path?.slice(0, 200),
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime),
        })
      })
    },
  }
}

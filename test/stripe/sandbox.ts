import type { TestContext } from 'node:test'
import { createManualClock } from '../../src/kernel/clock.ts'
import { createStripeSandbox, type StripeSandboxOptions } from '../../src/stripe/server.ts'

export interface Reply {
  status: number
  headers: Record<string, string>
  text: string
  body: Record<string, unknown> & { error?: Record<string, string>; data?: Record<string, unknown>[] }
}

/** A sandbox without a socket; `send` speaks to it as an HTTP client would. */
export async function startSandbox(context: TestContext, options: StripeSandboxOptions = {}) {
  const clock = createManualClock()
  const bugs: unknown[] = []
  const sandbox = await createStripeSandbox({
    clock,
    seed: context.name,
    resources: {},
    idempotencyWindowMs: 0,
    onBug: (error) => bugs.push(error),
    ...options,
  })
  const send = async (call: string, form = '', headers: Record<string, string> = {}): Promise<Reply> => {
    const [method, path] = call.split(' ') as [string, string]
    const isQuery = method === 'GET' && form !== ''
    const answer = await sandbox.handle({
      method,
      url: isQuery ? `${path}?${form}` : path,
      headers: { authorization: 'Bearer sk_test_123', 'content-type': 'application/x-www-form-urlencoded', ...headers },
      ...(!isQuery && form !== '' && { body: Buffer.from(form) }),
    })
    const text = Buffer.from(answer.body).toString('utf8')
    return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) }
  }
  return { sandbox, clock, send, bugs }
}

import type { Agent } from 'undici'

export interface Delivered {
  /** Absent when no answer came. */
  status?: number
  /** The beginning of the answer's body. */
  response?: string
  error?: string
}

/** Posts one attempt; never throws. */
export interface Send {
  (url: string, headers: Record<string, string>, body: string): Promise<Delivered>
  close(): Promise<void>
}

const keptResponse = 2000
const readResponse = 64 * 1024

/** Posts over kept-alive connections, without following redirects (Stripe counts them as failures) and without any cookie or proxy. */
export function createSend({ timeoutMs = 10_000 }: { timeoutMs?: number } = {}): Send {
  let opened: Promise<Client> | undefined
  const send = async (url: string, headers: Record<string, string>, body: string): Promise<Delivered> => {
    try {
      opened ??= openClient(timeoutMs)
      const { agent, request } = await opened
      const signal = AbortSignal.timeout(timeoutMs)
      const answer = await request(url, { method: 'POST', headers, body, dispatcher: agent, signal })
      const response = await readStart(answer.body)
      return { status: answer.statusCode, response }
    } catch (error) {
      return { error: reasonOf(error as Error, timeoutMs) }
    }
  }
  return Object.assign(send, { close: async () => (await opened)?.agent.destroy() })
}

interface Client {
  agent: Agent
  request: typeof import('undici').request
}

/** Loaded with the first delivery: a sandbox without endpoints starts without it. */
async function openClient(timeoutMs: number): Promise<Client> {
  const { Agent, request } = await import('undici')
  const timeouts = { connect: { timeout: timeoutMs }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs }
  return { agent: new Agent({ ...timeouts, keepAliveTimeout: 10_000 }), request }
}

/** Reads on to the end, so that the connection can be used again, unless the answer is absurdly long. */
async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    if (size < keptResponse) chunks.push(chunk)
    size += chunk.length
    if (size > readResponse) break
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, keptResponse)
}

function reasonOf(error: Error & { code?: string }, timeoutMs: number): string {
  if (error.name === 'TimeoutError' || (error.code?.startsWith('UND_ERR_') === true && /TIMEOUT/.test(error.code)))
    return `no answer within ${timeoutMs} ms`
  return error.code ?? error.message
}

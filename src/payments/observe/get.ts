import http from 'node:http'
import https from 'node:https'

export interface GetSettings {
  headers?: Record<string, string>
  /** For the whole answer. */
  timeoutMs?: number
  /** Bytes of the body that are read at most; a longer body is an error. */
  mostBytes?: number
  agent?: http.Agent | https.Agent
  signal?: AbortSignal | undefined
}

export interface Answer {
  status: number
  /** Names in lower case; several values are joined by commas. */
  headers: Record<string, string>
  body: string
}

/**
 * One GET, redirects not followed. Rejects with an Error that says what went wrong. A kept connection that the server closed in the
 * meantime is tried once more on a fresh one: reading twice does no harm.
 */
export async function get(url: string, settings: GetSettings = {}): Promise<Answer> {
  try {
    return await getOnce(url, settings)
  } catch (error) {
    if (!(error as { reused?: boolean }).reused || settings.signal?.aborted) throw error
    const { agent: _, ...fresh } = settings
    return getOnce(url, fresh)
  }
}

function getOnce(url: string, settings: GetSettings): Promise<Answer> {
  const { headers = {}, timeoutMs = 10_000, mostBytes = 8 * 1024 * 1024, agent = false as const, signal } = settings
  const { request: send } = url.startsWith('https:') ? https : http
  return new Promise((done, failed) => {
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    const end = (error: Error) => {
      clearTimeout(timer)
      failed(
        Object.assign(error, { reused: request.reusedSocket && (error as NodeJS.ErrnoException).code !== undefined }),
      )
    }
    const request = send(url, { method: 'GET', headers, agent, ...(signal && { signal }) }, (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes > mostBytes) response.destroy(new Error(`the answer is longer than ${mostBytes} bytes`))
      })
      response.on('error', end)
      response.on('end', () => {
        clearTimeout(timer)
        const entries = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')])
        done({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(entries),
          body: Buffer.concat(chunks).toString(),
        })
      })
      // A connection that ends in the middle of a body has no 'end'.
      response.on('close', () => response.complete || end(new Error('the answer ended in the middle')))
    })
    request.on('error', end)
    request.end()
  })
}

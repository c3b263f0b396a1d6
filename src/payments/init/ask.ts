import http from 'node:http'
import https from 'node:https'

export interface Asked {
  status: number
  /** Parsed where it is JSON. */
  json?: unknown
}

/** Asks a running backend something small; undefined where it does not answer in time. Redirects are not followed. */
export function ask(
  baseUrl: string,
  method: 'GET' | 'POST',
  path: string,
  signal?: AbortSignal,
): Promise<Asked | undefined> {
  const { request: send } = baseUrl.startsWith('https:') ? https : http
  const headers = method === 'POST' ? { 'content-type': 'application/json', 'content-length': '2' } : {}
  return new Promise((done) => {
    const options = { method, headers, agent: false as const, timeout: 3_000, ...(signal && { signal }) }
    const request = send(baseUrl + path, options, (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > 4 * 1024 * 1024) return response.destroy()
        chunks.push(chunk)
      })
      response.on('close', () => {
        clearTimeout(timer)
        const json = parsed(Buffer.concat(chunks).toString())
        done({ status: response.statusCode ?? 0, ...(json !== undefined && { json }) })
      })
    })
    const timer = setTimeout(() => request.destroy(new Error('too slow')), 3_000)
    request.on('timeout', () => request.destroy(new Error('too slow')))
    request.on('error', () => {
      clearTimeout(timer)
      done(undefined)
    })
    request.end(method === 'POST' ? '{}' : undefined)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

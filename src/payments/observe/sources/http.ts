import type http from 'node:http'
import { fillPath } from '../../contract/template.ts'
import { get } from '../get.ts'
import { type ReadableSource, readingMs } from './source.ts'

export interface HttpSource {
  /** Scheme, host and port of the target. */
  baseUrl: string
  path: string
  headers: Record<string, string>
  agent: http.Agent
}

/** GET of a path of the target. 404, 410 and 204 say that there is no such thing; anything else but 2xx with JSON says nothing. */
export const httpSource = ({ baseUrl, path, headers, agent }: HttpSource): ReadableSource => ({
  async read(fillings, signal) {
    const url = baseUrl + fillPath(path, fillings)
    const answer = await get(url, {
      headers: { accept: 'application/json', ...headers },
      timeoutMs: readingMs,
      agent,
      signal,
    })
    if ([204, 404, 410].includes(answer.status)) return { ...answer, document: undefined }
    if (answer.status < 200 || answer.status > 299) throw new Error(`answered ${answer.status}`)
    try {
      return { ...answer, document: JSON.parse(answer.body) }
    } catch {
      throw new Error(`answered ${answer.status} with something that is not JSON`)
    }
  },
})

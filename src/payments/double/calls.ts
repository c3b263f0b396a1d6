import { callPattern } from '../../stripe/faults/rules.ts'
import { type HttpRequest, header } from '../../stripe/http.ts'
import { decodeForm } from '../../stripe/protocol/form.ts'
import type { CallFilter, ProviderCall } from './types.ts'

/** As much of a body as is kept, in characters. */
const keptBody = 64 * 1024

/** Every call to every provider of one double, in the order they came. */
export class CallJournal {
  private readonly calls: ProviderCall[] = []

  /** Notes a call that came in; what it is answered is set on it later. */
  begin(provider: ProviderCall['provider'], request: HttpRequest): ProviderCall {
    const { method, url, body } = request
    const question = url.indexOf('?')
    const path = question < 0 ? url : url.slice(0, question)
    const text = Buffer.from(body ?? []).toString('utf8')
    const key = header(request, 'idempotency-key') ?? header(request, 'paypal-request-id')
    const call: ProviderCall = {
      provider,
      sequence: this.calls.length + 1,
      at: Date.now(),
      method: method.toUpperCase(),
      path: path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path,
      query: question < 0 ? '' : url.slice(question + 1),
      params: paramsOf(text, header(request, 'content-type') ?? ''),
      body: text.slice(0, keptBody),
      headers: flatHeaders(request),
      ...(key !== undefined && key !== '' && { idempotencyKey: key }),
    }
    this.calls.push(call)
    return call
  }

  list(filter: CallFilter = {}, provider?: ProviderCall['provider']): ProviderCall[] {
    const { method, path, after = 0, about } = filter
    const pattern = path === undefined ? undefined : callPattern(path)
    return this.calls
      .slice(after)
      .filter(
        (call) =>
          (provider === undefined || call.provider === provider) &&
          (method === undefined || call.method === method) &&
          (pattern === undefined || pattern.test(call.path)) &&
          (about === undefined || isAbout(call, about)),
      )
  }

  get last(): number {
    return this.calls.length
  }
}

/** Whether a call names a text, also where a form or a URL wrote it with escapes. */
export function isAbout({ path, query, body, params }: ProviderCall, text: string): boolean {
  if (path.includes(text) || query.includes(text) || body.includes(text)) return true
  return JSON.stringify(params ?? null).includes(JSON.stringify(text).slice(1, -1))
}

/** JSON as its value, a form as the nested value its brackets describe, anything else as text. */
function paramsOf(text: string, contentType: string): unknown {
  if (text === '') return undefined
  try {
    return contentType.includes('json') ? (JSON.parse(text) as unknown) : decodeForm(text)
  } catch {
    return text
  }
}

function flatHeaders({ headers }: HttpRequest): Record<string, string> {
  const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  )
  return Object.fromEntries(pairs)
}

import type { CatalogueOperation } from './model.ts'

/** A `_makeRequest` call of a generated resource module, before its types are known. */
export interface Call extends Omit<CatalogueOperation, 'sdk' | 'in' | 'out'> {
  className: string
  method: string
}

const line = {
  class: /^export class (\w+) extends StripeResource/,
  method: /^ {4}(?:async )?(\w+)\([^)]*\) \{$/,
  request: /_makeRequest\('([A-Z]+)', (?:'([^']*)'|`([^`]*)`)/,
  parameter: /\$\{encodeURIComponent\((?:String\()?(\w+)\)?\)\}/g,
  list: /methodType: '(list|search)'/,
  host: /apiBase: '(\w+)'/,
}

/** Every call with a literal verb and path, in source order. Lines are those of Stripe's generator. */
export function parseCalls(source: string): Call[] {
  const calls: Call[] = []
  let className = ''
  let method = ''
  for (const text of source.split('\n')) {
    if (text.startsWith('     *')) continue
    className = line.class.exec(text)?.[1] ?? className
    method = line.method.exec(text)?.[1] ?? method
    const request = line.request.exec(text)
    if (request) {
      const path = (request[2] ?? request[3]!).replace(line.parameter, '{$1}')
      calls.push({ className, method, verb: request[1] as Call['verb'], path })
    }
    const last = calls.at(-1)
    if (last?.method === method && last.className === className) readOptions(text, last)
  }
  return calls
}

function readOptions(text: string, call: Call): void {
  const list = line.list.exec(text)
  if (list) call.list = list[1] as 'list' | 'search'
  const host = line.host.exec(text)
  if (host) call.host = host[1]!
  if (text.includes('streaming: true')) call.streaming = true
  if (text.includes("'multipart/form-data'")) call.multipart = true
}

import type { CheckContext } from '../define.ts'
import { inShell, quoted } from '../options/reference.ts'
import { MissingBaseUrl, type RequestOptions, resolveUrl } from './request.ts'

/** The same request as a line for a terminal; secrets stay variables, so the line can be shown and pasted. */
export function curlLine(options: RequestOptions, context: Pick<CheckContext, 'environment'>): string {
  const words = ['curl', '-sS', '-i']
  if (options.method === 'HEAD') words.push('-I')
  else if (options.method !== 'GET' || hasBody(options)) words.push('-X', options.method)
  if (options.auth) words.push(...authWords(options.auth))
  if (options.idempotencyKey) words.push('-H', quoted(`Idempotency-Key: ${options.idempotencyKey}`))
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    words.push('-H', typeof value === 'string' ? quoted(`${name}: ${value}`) : `"${name}: $${value.env}"`)
  }
  words.push(...bodyWords(options), quoted(address(options, context)))
  return words.join(' ')
}

const hasBody = ({ json, form, body }: RequestOptions): boolean => (json ?? form ?? body) !== undefined

function authWords(auth: NonNullable<RequestOptions['auth']>): string[] {
  if ('bearer' in auth) return ['-H', `"Authorization: Bearer $${auth.bearer.env}"`]
  const { user, password } = auth.basic
  const account = typeof user === 'string' ? user.replace(/["$`\\]/g, '\\$&') : `$${user.env}`
  return ['-u', `"${account}:${password ? `$${password.env}` : ''}"`]
}

function bodyWords({ json, form, body }: RequestOptions): string[] {
  if (json !== undefined) return ['-H', quoted('content-type: application/json'), '-d', quoted(JSON.stringify(json))]
  if (body !== undefined) return ['--data-binary', quoted(body)]
  return Object.entries(form ?? {}).flatMap(([name, value]) => [
    '--data-urlencode',
    typeof value === 'object' ? `${quoted(name)}=${inShell(value)}` : quoted(`${name}=${value}`),
  ])
}

function address(options: RequestOptions, context: Pick<CheckContext, 'environment'>): string {
  try {
    return resolveUrl(options, context).href
  } catch (error) {
    if (error instanceof MissingBaseUrl) return `$GATEKIT_BASE_URL${options.path}`
    throw error
  }
}

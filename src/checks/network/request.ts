import { z } from 'zod'
import type { CheckContext } from '../define.ts'
import { resolveSecret, resolveText, textOrReference, variableReference } from '../options/reference.ts'

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, { error: 'expected a header name' })
const headerValue = z.union([z.string().regex(/^[^\r\n\0]*$/, { error: 'expected one line' }), variableReference])

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

const url = z
  .url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' })
  .refine((text) => !/^https?:\/\/[^/]*@/i.test(text), { error: 'credentials do not belong into a URL: use auth' })

/** One request; `path` is appended to the environment's base URL. */
export const requestSchema = z
  .strictObject({
    method: z.enum(methods).default('GET'),
    path: z
      .string()
      .regex(/^\/(?!\/)\S*$/, { error: 'expected a path that begins with one slash' })
      .optional()
      .describe("Appended to the environment's base URL"),
    url: url.optional().describe('Instead of path'),
    query: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    headers: z.record(headerName, headerValue).optional().describe('Values, or { env: NAME }'),
    auth: z
      .union([
        z.strictObject({ bearer: variableReference }),
        z.strictObject({ basic: z.strictObject({ user: textOrReference, password: variableReference.optional() }) }),
      ])
      .optional()
      .describe('{ bearer: { env } } or { basic: { user, password: { env } } }'),
    json: z.json().optional().describe('Body, sent as JSON'),
    form: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), variableReference]))
      .optional()
      .describe('Body, sent as a form; nested names as Stripe writes them: items[0][price]'),
    body: z.string().optional().describe('Body, sent as it is'),
    idempotencyKey: z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/)
      .optional()
      .describe('Sent as Idempotency-Key'),
  })
  .refine(({ path, url }) => (path === undefined) !== (url === undefined), { error: 'expected either path or url' })
  .refine(({ json, form, body }) => [json, form, body].filter((each) => each !== undefined).length <= 1, {
    error: 'expected at most one of json, form and body',
  })

export type RequestOptions = z.output<typeof requestSchema>

/** A request with everything filled in, ready to be sent. */
export interface Request {
  method: RequestOptions['method']
  url: URL
  headers: Record<string, string>
  body?: string | undefined
}

/** `path` is relative and the environment has no address. */
export class MissingBaseUrl extends Error {
  override readonly name = 'MissingBaseUrl'
}

/** Fills in base URL, credentials and body. Throws MissingVariable and MissingBaseUrl. */
export function buildRequest(options: RequestOptions, context: CheckContext): Request {
  const headers: Record<string, string> = {}
  const body = bodyOf(options, context)
  if (options.json !== undefined) headers['content-type'] = 'application/json'
  if (options.form) headers['content-type'] = 'application/x-www-form-urlencoded'
  if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey
  if (options.auth) headers['authorization'] = authorization(options.auth, context)
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    headers[name.toLowerCase()] = resolveText(value, context)
  }
  return { method: options.method, url: resolveUrl(options, context), headers, body }
}

/** The address of a request. Throws MissingBaseUrl. */
export function resolveUrl(
  { path, url, query = {} }: Pick<RequestOptions, 'path' | 'url' | 'query'>,
  { environment }: Pick<CheckContext, 'environment'>,
): URL {
  if (url === undefined && !environment.baseUrl) {
    throw new MissingBaseUrl(
      `environment "${environment.name}" has no base URL: give it a baseUrl in gatekit.yaml, or pass --base-url`,
    )
  }
  // Joined as text: resolving would let a path such as /\host replace the host.
  const target = new URL(url ?? environment.baseUrl!.replace(/\/+$/, '') + path)
  for (const [name, value] of Object.entries(query)) target.searchParams.append(name, String(value))
  return target
}

function bodyOf({ json, form, body }: RequestOptions, context: CheckContext): string | undefined {
  if (json !== undefined) return JSON.stringify(json)
  if (!form) return body
  const pairs = Object.entries(form).map(([name, value]): [string, string] => [
    name,
    typeof value === 'object' ? resolveSecret(value, context) : String(value),
  ])
  return new URLSearchParams(pairs).toString()
}

function authorization(auth: NonNullable<RequestOptions['auth']>, context: CheckContext): string {
  if ('bearer' in auth) return `Bearer ${resolveSecret(auth.bearer, context)}`
  const user = resolveText(auth.basic.user, context)
  const password = auth.basic.password ? resolveSecret(auth.basic.password, context) : ''
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

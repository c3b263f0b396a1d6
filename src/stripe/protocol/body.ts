import { StripeError } from '../error.ts'
import { decodeForm, type RawParams } from './form.ts'
import { decodeMultipart } from './multipart.ts'

export interface DecodedBody {
  params: Record<string, unknown>
  isJson: boolean
}

export interface EncodedParams {
  query: string
  body: Uint8Array | undefined
  contentType: string
  isV2: boolean
}

/**
 * Parameters of a request from query and body: forms and multipart for v1, JSON for v2; a body that does not say what it is is what
 * its version takes. Throws a 400 for bodies of another kind or that cannot be read.
 */
export function decodeParams({ query, body, contentType, isV2 }: EncodedParams): DecodedBody {
  const fromQuery = decodeForm(query)
  if (!body || body.length === 0) return { params: fromQuery, isJson: false }
  const buffer = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  if (isV2) {
    if (type !== jsonType && type !== '')
      throw wrongType(`Invalid request: v2 endpoints take ${jsonType}, not ${contentType.slice(0, 100)}.`)
    return { params: parseJson(buffer.toString('utf8')), isJson: true }
  }
  if (type === 'multipart/form-data')
    return { params: merge(fromQuery, decodeMultipart(buffer, contentType)), isJson: false }
  if (type !== formType && type !== '') throw wrongType(type === jsonType ? notJson : unsupported(contentType))
  return { params: merge(fromQuery, decodeForm(buffer.toString('utf8'))), isJson: false }
}

const jsonType = 'application/json'
const formType = 'application/x-www-form-urlencoded'

const notJson =
  `Invalid request (check that your POST content type is ${formType}). ` +
  'If you have any questions, we can help at https://support.stripe.com/.'

const unsupported = (type: string): string =>
  `Invalid request: unsupported Content-Type ${type.slice(0, 100)}. If error persists and you need assistance, please contact support@stripe.com.`

const wrongType = (message: string): StripeError => new StripeError(400, { type: 'invalid_request_error', message })

const merge = (query: RawParams, body: RawParams): RawParams =>
  Object.keys(query).length === 0 ? body : Object.assign(query, body)

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text, (key, inner) => (key === '__proto__' ? undefined : inner))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new StripeError(400, {
    type: 'invalid_request_error',
    message: 'Invalid JSON: the body must be one JSON object.',
  })
}

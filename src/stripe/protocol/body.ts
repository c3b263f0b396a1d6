import { StripeError } from '../error.ts'
import { decodeForm, type RawParams } from './form.ts'
import { decodeMultipart } from './multipart.ts'

export interface DecodedBody {
  params: Record<string, unknown>
  isJson: boolean
}

/** Parameters of a request from query and body: forms, multipart, and JSON for v2. Throws a 400 for bodies that cannot be read. */
export function decodeParams(query: string, body: Uint8Array | undefined, contentType: string): DecodedBody {
  const fromQuery = decodeForm(query)
  if (!body || body.length === 0) return { params: fromQuery, isJson: false }
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (/^multipart\/form-data/i.test(contentType))
    return { params: merge(fromQuery, decodeMultipart(buffer, contentType)), isJson: false }
  if (/^application\/json/i.test(contentType)) return { params: parseJson(buffer.toString('utf8')), isJson: true }
  return { params: merge(fromQuery, decodeForm(buffer.toString('utf8'))), isJson: false }
}

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

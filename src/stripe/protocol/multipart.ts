import { StripeError } from '../error.ts'
import { emptyParams, type RawParams, setParam } from './form.ts'

const maximumParts = 200

/** Reads `multipart/form-data`; parts with a file name become files, the others texts. */
export function decodeMultipart(body: Buffer, contentType: string): RawParams {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  if (!boundary) throw broken('no boundary')
  const delimiter = Buffer.from(`--${boundary[1] ?? boundary[2]}`)
  const params = emptyParams()
  let at = body.indexOf(delimiter)
  for (let count = 0; at >= 0; count++) {
    if (count > maximumParts) throw broken(`more than ${maximumParts} parts`)
    const start = at + delimiter.length
    if (body.subarray(start, start + 2).toString('latin1') === '--') return params
    at = body.indexOf(delimiter, start)
    if (at < 0) break
    readPart(params, body.subarray(start + 2, at - 2))
  }
  throw broken('no closing boundary')
}

function readPart(params: RawParams, part: Buffer): void {
  const end = part.indexOf('\r\n\r\n')
  if (end < 0) throw broken('a part without headers')
  const headers = part.subarray(0, end).toString('utf8')
  const name = /\bname="([^"]*)"/i.exec(headers)?.[1]
  if (name === undefined) throw broken('a part without a name')
  const data = part.subarray(end + 4)
  const filename = /\bfilename="([^"]*)"/i.exec(headers)?.[1]
  const contentType = /content-type:\s*([^\r\n]+)/i.exec(headers)?.[1] ?? 'application/octet-stream'
  const isFile = filename !== undefined
  setParam(params, name, isFile ? { filename, contentType, data: Uint8Array.from(data) } : data.toString('utf8'))
}

const broken = (what: string): StripeError =>
  new StripeError(400, { type: 'invalid_request_error', message: `Invalid multipart/form-data body: ${what}.` })

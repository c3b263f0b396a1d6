import type { HttpRequest } from '../../src/stripe/http.ts'

interface Bytes {
  data: Uint8Array
  name: string
}

/** A request as the SDK would send it: query for GET and DELETE, JSON for v2, multipart where there are bytes, else a form. */
export function encodeRequest(method: string, path: string, params: object, key: string): HttpRequest {
  const headers = { authorization: `Bearer ${key}` }
  const pairs = [...pairsOf(params, '')]
  if (method !== 'POST') {
    const query = formOf(pairs)
    return { method, url: query === '' ? path : `${path}?${query}`, headers }
  }
  if (path.startsWith('/v2/')) {
    const body = Buffer.from(JSON.stringify(params))
    return { method, url: path, headers: { ...headers, 'content-type': 'application/json' }, body }
  }
  const type = 'application/x-www-form-urlencoded'
  if (!pairs.some(([, value]) => isBytes(value)))
    return { method, url: path, headers: { ...headers, 'content-type': type }, body: Buffer.from(formOf(pairs)) }
  const body = Buffer.concat([...pairs.map(([name, value]) => partOf(name, value)), Buffer.from('--x--\r\n')])
  return { method, url: path, headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' }, body }
}

/** Names with brackets, and their values: `items[0][price]`. */
export function* pairsOf(value: unknown, at: string): Generator<[name: string, value: unknown]> {
  if (!isNested(value)) {
    if (value !== undefined) yield [at, value]
    return
  }
  for (const [name, inner] of Object.entries(value)) yield* pairsOf(inner, at === '' ? name : `${at}[${name}]`)
}

const formOf = (pairs: [string, unknown][]): string =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`).join('&')

/** The SDK's decimals are objects that are texts on the wire. */
const isNested = (value: unknown): value is object =>
  Array.isArray(value) || (typeof value === 'object' && value?.constructor === Object && !isBytes(value))

const isBytes = (value: unknown): value is Bytes => (value as Bytes | null)?.data instanceof Uint8Array

function partOf(name: string, value: unknown): Buffer {
  const head = `--x\r\nContent-Disposition: form-data; name="${name}"`
  if (!isBytes(value)) return Buffer.from(`${head}\r\n\r\n${String(value)}\r\n`)
  return Buffer.concat([
    Buffer.from(`${head}; filename="${value.name}"\r\nContent-Type: text/plain\r\n\r\n`),
    value.data,
    Buffer.from('\r\n'),
  ])
}

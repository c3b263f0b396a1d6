/** A request as it came in; header names in lower case, the body as bytes. */
export interface HttpRequest {
  method: string
  /** Path with query. */
  url: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  body?: Uint8Array
}

export interface HttpAnswer {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array
  /** The connection is cut instead of sending this. */
  isDropped?: true
}

/** The value of a header, of several the first. */
export function header(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

export const jsonAnswer = (status: number, value: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
})

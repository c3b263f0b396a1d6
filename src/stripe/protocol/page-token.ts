import { StripeError } from '../error.ts'

/** Pages of searches and of v2 lists are named by an opaque text; it holds how many objects are before the page. */
export const encodePageToken = (offset: number): string => Buffer.from(`page:${offset}`).toString('base64url')

/** 0 for no token; throws a 400 for a text that this server did not make. */
export function decodePageToken(token: unknown): number {
  if (token === undefined || token === null) return 0
  const offset = /^page:(\d{1,9})$/.exec(Buffer.from(String(token), 'base64url').toString('latin1'))?.[1]
  if (offset !== undefined) return Number(offset)
  throw new StripeError(400, { type: 'invalid_request_error', message: 'Invalid page token.', param: 'page' })
}

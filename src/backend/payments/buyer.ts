import type { Buyer } from './facts.ts'

/** The buyer as written in metadata; what is not a text is as good as absent, metadata is anybody's to fill. */
export function buyerOf(metadata: unknown, email?: unknown): Buyer {
  const fields = isRecord(metadata) ? metadata : {}
  const user = textOf(fields.user) ?? textOf(fields.userId) ?? textOf(fields.user_id)
  const item = textOf(fields.pack) ?? textOf(fields.plan)
  const address = textOf(fields.email) ?? textOf(email)
  return { ...(user && { user }), ...(item && { item }), ...(address && { email: address }) }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A text of 1 to 255 characters that a database takes. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 255 && !value.includes('\0') ? value : undefined

/** The id of an object that is given as such or expanded. */
export const idOf = (value: unknown): string | undefined => textOf(isRecord(value) ? value.id : value)

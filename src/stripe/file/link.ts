import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Stored } from '../wire.ts'

export type FileLink = Stored<'file_link'>

/** A link that anyone can read a file through until it expires. */
export function openLink(
  ctx: Context,
  file: string,
  expires_at: number | null | undefined,
  metadata: Record<string, string>,
): FileLink {
  checkExpiry(ctx, expires_at)
  const id = ctx.newId('file_link')
  return ctx.tables.file_link.create({
    id,
    expired: false,
    expires_at: expires_at ?? null,
    file,
    metadata,
    url: ctx.url(`/links/${id}_${ctx.newSecret(24)}`),
  })
}

export function checkExpiry(ctx: Context, expires_at: number | null | undefined): void {
  if (expires_at === undefined || expires_at === null || expires_at > ctx.now) return
  throw stripeError(400, undefined, 'Invalid timestamp: must be an integer Unix timestamp in the future', 'expires_at')
}

export const isExpired = ({ expires_at }: FileLink, now: number): boolean => expires_at !== null && expires_at <= now

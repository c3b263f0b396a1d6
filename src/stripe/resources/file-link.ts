import { defineResource } from '../define.ts'
import { checkExpiry, isExpired, openLink } from '../file/link.ts'

/** Public links to files: docs.stripe.com/api/file_links. */
export const fileLinks = defineResource({
  object: 'file_link',
  indexes: ['file'],

  retrieve: ({ now, object }) => (isExpired(object, now) ? { expired: true } : undefined),

  update(ctx) {
    const expires_at = ctx.params.expires_at as number | 'now' | null | undefined
    if (expires_at === undefined) return undefined
    if (expires_at === 'now') return { expires_at: ctx.now, expired: true }
    checkExpiry(ctx, expires_at)
    return { expires_at, expired: false }
  },

  operations: {
    'POST /v1/file_links'(ctx) {
      const { expires_at, file, metadata = {} } = ctx.params as unknown as LinkParams
      ctx.tables.file.need(file, 'file')
      return openLink(ctx, file, expires_at, metadata)
    },
  },
})

interface LinkParams {
  file: string
  expires_at?: number
  metadata?: Record<string, string>
}

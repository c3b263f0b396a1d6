import type { Context } from '../define.ts'
import type { Stored } from '../wire.ts'

type Source = Stored<'source'>

/** The customer allowed the payment, or nobody followed the redirect in time and it counts as allowed. */
export function authorizeSource(ctx: Context, { id, redirect, status }: Source): Source {
  if (status !== 'pending') return ctx.tables.source.need(id)
  const source = ctx.tables.source.patch(id, {
    status: 'chargeable',
    ...(redirect && { redirect: { ...redirect, status: 'succeeded' } }),
  })
  ctx.unschedule('source', 'authorize', id)
  ctx.emit('source.chargeable', source)
  return source
}

/** The customer refused: the source can never be charged. */
export function refuseSource(ctx: Context, { id, redirect, status }: Source): Source {
  if (status !== 'pending') return ctx.tables.source.need(id)
  const source = ctx.tables.source.patch(id, {
    status: 'failed',
    ...(redirect && { redirect: { ...redirect, failure_reason: 'user_abort', status: 'failed' } }),
  })
  ctx.unschedule('source', 'authorize', id)
  ctx.emit('source.failed', source)
  return source
}

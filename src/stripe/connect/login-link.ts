import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'

const key = (token: string) => `login link ${token}`

/** Makes the link that lets an account holder into their dashboard once: docs.stripe.com/api/accounts/login_link. */
export function openLoginLink(ctx: Context, id: string | undefined) {
  const account = ctx.tables.account.need(id)
  if (account.controller?.stripe_dashboard?.type !== 'express')
    throw stripeError(
      400,
      undefined,
      'Cannot create a login link for an account that is not an Express Dashboard account.',
    )
  const token = ctx.newSecret(12)
  ctx.account.memory.set(key(token), account.id)
  return { object: 'login_link', created: ctx.now, url: ctx.url(`/express/${account.id}/${token}`) }
}

/** Spends a link: says whether it was one of that account, and not used before. */
export function spendLoginLink(ctx: Context, account: string, token: string): boolean {
  if (ctx.account.memory.get(key(token)) !== account) return false
  return ctx.account.memory.delete(key(token))
}

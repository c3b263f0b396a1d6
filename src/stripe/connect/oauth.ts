import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { controllerOf, startingFields } from './account.ts'
import { applicationOf } from './fee.ts'
import { completeOnboarding } from './onboarding.ts'

export interface TokenParams {
  grant_type: string
  code?: string
  refresh_token?: string
  scope?: string
}

const refreshKey = (token: string) => `refresh token ${token}`
const usedKey = (code: string) => `oauth code ${code}`

/**
 * Connects an existing standard account. Any code `ac_…` stands for an account holder who said yes, and is good once; the account is found
 * again by its id and reached with the platform's key and `Stripe-Account`.
 */
export function exchangeToken(ctx: Context, { code, grant_type, refresh_token, scope = 'read_write' }: TokenParams) {
  if (grant_type === 'refresh_token')
    return tokenFor(
      ctx,
      String(ctx.account.memory.get(refreshKey(refresh_token ?? '')) ?? none('Refresh token')),
      scope,
    )
  if (grant_type !== 'authorization_code')
    throw stripeError(400, 'invalid_grant', `Unsupported grant_type: ${grant_type}`, 'grant_type')
  if (!code?.startsWith('ac_')) return none(`Authorization code does not exist: ${code}`)
  if (ctx.account.memory.has(usedKey(code)))
    throw stripeError(
      400,
      'invalid_grant',
      `This authorization code has already been used. All tokens issued with this code have been revoked.`,
      'code',
    )
  ctx.account.memory.set(usedKey(code), true)
  const account = ctx.tables.account.create({
    ...startingFields('US'),
    ...controllerOf('standard', undefined),
    email: 'standard@example.com',
    metadata: {},
  })
  completeOnboarding(ctx, account.id)
  ctx.on(account.id).emit('account.application.authorized', applicationObject(ctx))
  return tokenFor(ctx, account.id, scope)
}

const none = (what: string): never => {
  throw stripeError(400, 'invalid_grant', what, 'code')
}

function tokenFor(ctx: Context, stripe_user_id: string, scope: string) {
  const refresh_token = `rt_${ctx.newSecret(32)}`
  ctx.account.memory.set(refreshKey(refresh_token), stripe_user_id)
  return {
    access_token: `sk_test_${ctx.newSecret(32)}`,
    livemode: false,
    refresh_token,
    scope,
    stripe_publishable_key: `pk_test_${ctx.newSecret(32)}`,
    stripe_user_id,
    token_type: 'bearer' as const,
  }
}

/** Cuts the connection: the platform reaches the account no longer. Emits `account.application.deauthorized`. */
export function deauthorize(
  ctx: Context,
  { client_id, stripe_user_id = '' }: { client_id?: string; stripe_user_id?: string },
) {
  if (!client_id?.startsWith('ca_'))
    throw stripeError(401, 'invalid_client', `No such application: '${client_id}'`, 'client_id')
  const account = ctx.tables.account.get(stripe_user_id)
  if (!account)
    throw stripeError(
      401,
      'invalid_client',
      `This application is not connected to stripe account ${stripe_user_id}, or that account does not exist.`,
      'stripe_user_id',
    )
  ctx.on(account.id).emit('account.application.deauthorized', applicationObject(ctx))
  ctx.tables.account.remove(account.id)
  return { stripe_user_id: account.id }
}

const applicationObject = (ctx: Context) => ({
  id: applicationOf(ctx),
  object: 'application',
  name: 'Sandbox platform',
})

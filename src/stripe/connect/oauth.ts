import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { issueToken, revokeToken } from './access-token.ts'
import { controllerOf, startingFields } from './account.ts'
import { applicationOf } from './fee.ts'
import { completeOnboarding } from './onboarding.ts'

export interface TokenParams {
  grant_type: string
  code?: string
  refresh_token?: string
  scope?: string
}

interface Refresh {
  account: string
  scope: string
}

const refreshKey = (token: string) => `refresh token ${token}`
const usedKey = (code: string) => `oauth code ${code}`

/** How a code begins whose account holder only allowed reading. */
export const readOnlyCode = 'ac_readonly'

/**
 * Connects an existing standard account. Any code `ac_…` stands for an account holder who said yes, and is good once. The token that is
 * given for it acts as that account; the platform's key with `Stripe-Account` does too. Source: docs.stripe.com/connect/oauth-reference.
 */
export function exchangeToken(ctx: Context, params: TokenParams) {
  if (params.grant_type === 'refresh_token') return refresh(ctx, params)
  if (params.grant_type !== 'authorization_code')
    throw stripeError(400, 'unsupported_grant_type', `Unsupported grant_type: ${params.grant_type}`, 'grant_type')
  const { code } = params
  if (!code?.startsWith('ac_')) return none(`Authorization code does not exist: ${code}`)
  const issued = ctx.account.memory.get(usedKey(code))
  if (issued !== undefined) {
    revokeToken(ctx, String(issued))
    return none('This authorization code has already been used. All tokens issued with this code have been revoked.')
  }
  const answer = tokenFor(ctx, {
    account: connect(ctx),
    scope: code.startsWith(readOnlyCode) ? 'read_only' : (params.scope ?? 'read_write'),
  })
  ctx.account.memory.set(usedKey(code), answer.access_token)
  return answer
}

function connect(ctx: Context): string {
  const account = ctx.tables.account.create({
    ...startingFields('US'),
    ...controllerOf('standard', undefined),
    email: 'standard@example.com',
    metadata: {},
  })
  completeOnboarding(ctx, account.id)
  ctx.on(account.id).emit('account.application.authorized', applicationObject(ctx))
  return account.id
}

/** A further token of the same scope or a smaller one. */
function refresh(ctx: Context, { refresh_token = '', scope }: TokenParams) {
  const known = ctx.account.memory.get(refreshKey(refresh_token)) as Refresh | undefined
  if (!known || !ctx.tables.account.get(known.account))
    return none(`Refresh token does not exist or was revoked: ${refresh_token}`)
  if (scope === 'read_write' && known.scope === 'read_only')
    throw stripeError(400, 'invalid_scope', `The scope of a refreshed token must be ${known.scope}.`, 'scope')
  return tokenFor(ctx, { account: known.account, scope: scope ?? known.scope })
}

const none = (what: string): never => {
  throw stripeError(400, 'invalid_grant', what, 'code')
}

function tokenFor(ctx: Context, { account, scope }: Refresh) {
  const refresh_token = `rt_${ctx.newSecret(32)}`
  ctx.account.memory.set(refreshKey(refresh_token), { account, scope } satisfies Refresh)
  const { publishable, secret } = issueToken(ctx, { account, scope })
  return {
    access_token: secret,
    livemode: false,
    refresh_token,
    scope,
    stripe_publishable_key: publishable,
    stripe_user_id: account,
    token_type: 'bearer' as const,
  }
}

/** Cuts the connection: neither the platform nor its tokens reach the account any more. Emits `account.application.deauthorized`. */
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

import type { Account, Accounts } from '../accounts.ts'
import type { Context } from '../define.ts'
import { StripeError } from '../error.ts'
import { authenticate, type Credential } from '../protocol/auth.ts'

/** What an access token was given for. It is kept in the account that the token would otherwise have of its own. */
interface Grant {
  /** The connected account that the token acts as. */
  account: string
  scope: string
}

const grantKey = 'oauth grant'

/** Makes the secret and the publishable key that act as a connected account: docs.stripe.com/connect/oauth-reference. */
export function issueToken(ctx: Context, grant: Grant): { secret: string; publishable: string } {
  const rest = ctx.newSecret(32)
  const secret = `sk_test_${rest}`
  ctx.on(holderOf(secret)).account.memory.set(grantKey, grant)
  return { secret, publishable: `pk_test_${rest}` }
}

/** Makes a token useless. */
export const revokeToken = (ctx: Context, secret: string): void =>
  void ctx.on(holderOf(secret)).account.memory.set(grantKey, { account: '', scope: '' } satisfies Grant)

const holderOf = (secret: string): string => authenticate(`Bearer ${secret}`).account

/**
 * The account that a key acts as: its own, or the connected one that an access token was given for. Throws Stripe's 401 for a token whose
 * connection was cut, and a 403 for writing with one that may only read.
 */
export function actingAccount(accounts: Accounts, { account, masked }: Credential, method: string): Account {
  const own = accounts.open(account)
  if (own.platform === undefined) return own
  const grant = own.memory.get(grantKey) as Grant | undefined
  if (!grant) return own
  const platform = accounts.find(own.platform)
  if (!platform?.store.table('account').get(grant.account))
    throw new StripeError(401, {
      type: 'invalid_request_error',
      code: 'platform_api_key_expired',
      message: `The API key ${masked} was given to a platform that is not connected to the account any more.`,
    })
  if (grant.scope === 'read_only' && method !== 'GET')
    throw new StripeError(403, {
      type: 'invalid_request_error',
      message: `The provided key '${masked}' does not have the required permissions for this endpoint on account '${grant.account}': it may only read.`,
    })
  return accounts.open(grant.account, own.platform)
}

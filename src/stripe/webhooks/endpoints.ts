import type { Account } from '../accounts.ts'
import type { AccountView } from '../define.ts'

const key = (endpoint: string) => `webhook secrets ${endpoint}`
const rolledKey = (endpoint: string) => `rolled webhook secret ${endpoint}`

/** A secret that was replaced and signs beside the new one for a while. */
interface Rolled {
  secret: string
  /** Epoch milliseconds on the account's clock. */
  until: number
}

/** Signing secrets are shown once, when the endpoint is made, and kept beside it. */
export function keepSecrets(account: AccountView, endpoint: string, secrets: readonly string[]): void {
  account.memory.set(key(endpoint), secrets)
  account.memory.delete(rolledKey(endpoint))
}

/** Those that sign now, the newest first: two while one is being rolled. `now` is on the account's clock; without it only the newest. */
export function secretsOf(account: AccountView, endpoint: string, now = Number.POSITIVE_INFINITY): readonly string[] {
  const secrets = (account.memory.get(key(endpoint)) as string[] | undefined) ?? []
  const rolled = account.memory.get(rolledKey(endpoint)) as Rolled | undefined
  return rolled && now < rolled.until ? [...secrets, rolled.secret] : secrets
}

/** When the replaced secret stops signing, epoch milliseconds on the account's clock; undefined when only one signs. */
export function rolledUntil({ clock, memory }: Account, endpoint: string): number | undefined {
  const until = (memory.get(rolledKey(endpoint)) as Rolled | undefined)?.until ?? 0
  return clock.now() < until ? until : undefined
}

/** The longest that a replaced secret goes on signing: a day, as at Stripe. */
export const longestRollMs = 24 * 3_600_000

/**
 * Replaces the signing secret of an endpoint and returns the new one. The old one signs beside it for that long; one that was replaced
 * before signs no more. Undefined for an endpoint that has no secret. Source: docs.stripe.com/webhooks#roll-endpoint-secrets.
 */
export function rollSecret(account: Account, endpoint: string, keepMs: number): string | undefined {
  const [old] = secretsOf(account, endpoint)
  if (old === undefined) return undefined
  const secret = account.random.text(32, 'whsec_')
  keepSecrets(account, endpoint, [secret])
  if (keepMs > 0)
    account.memory.set(rolledKey(endpoint), { secret: old, until: account.clock.now() + keepMs } satisfies Rolled)
  return secret
}

const connectKey = (endpoint: string) => `connect endpoint ${endpoint}`

/** An endpoint made with `connect: true` gets the events of connected accounts and none of the platform's own. */
export const markConnect = (account: AccountView, endpoint: string): void =>
  void account.memory.set(connectKey(endpoint), true)

export const isConnect = (account: AccountView, endpoint: string): boolean => account.memory.has(connectKey(endpoint))

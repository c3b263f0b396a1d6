import { randomInt } from 'node:crypto'
import { GatekitError } from '../../kernel/errors.ts'
import type { Contract } from '../contract/schema.ts'
import type { EnvironmentChanges, Supplies } from './types.ts'

export interface TargetSecrets {
  /** The active signing secrets; genuine events are signed with the first. */
  stripeSecrets: string[]
  /** Another signing secret that no backend knows yet, for a roll. */
  stripeSpareSecret: string
  stripeApiKey: string
  /** Of the second tenant, where there is one. */
  otherTenantSecret?: string
  paypalWebhookId: string
}

/**
 * The secrets of a run: fresh random ones, or what the gate's environment has under the declared names. Without `target.start` nothing
 * can be handed over, so they must be in the environment then; a usage error says which is missing.
 */
export function makeSecrets(contract: Contract, own: EnvironmentChanges): TargetSecrets {
  const { stripe, paypal } = contract.providers
  const given = (name: string | undefined) => (name === undefined ? undefined : own[name] || undefined)
  const secret = given(stripe?.secretEnv)
  const webhookId = given(paypal?.webhookIdEnv)
  if (contract.target.start === undefined) {
    const missing = [
      ...(stripe && secret === undefined ? [stripe.secretEnv] : []),
      ...(paypal && webhookId === undefined ? [paypal.webhookIdEnv] : []),
    ]
    if (missing.length > 0) throw missingSecrets(missing)
  }
  const separator = stripe?.secretSeparator
  const several = secret !== undefined && separator !== undefined ? secret.split(separator) : [secret]
  const known = several.map((each) => each?.trim()).filter((each) => each !== undefined && each !== '') as string[]
  return {
    stripeSecrets: known.length > 0 ? known : [signingSecret()],
    stripeSpareSecret: signingSecret(),
    otherTenantSecret: given(stripe?.tenants?.[1]?.secretEnv) ?? signingSecret(),
    stripeApiKey: given(stripe?.apiKeyEnv) ?? `sk_test_51${letters(48)}`,
    paypalWebhookId: webhookId ?? letters(17).toUpperCase(),
  }
}

export interface ProviderAddresses {
  /** Scheme, host and port. */
  stripe?: string
  paypal?: { url: string; clientId: string; clientSecret: string }
}

/** What the gate hands to the target under the names that the contract declares. */
export function supplyTarget(contract: Contract, secrets: TargetSecrets, addresses: ProviderAddresses = {}): Supplies {
  const { stripe, paypal } = contract.providers
  const { stripeSecrets, stripeApiKey, paypalWebhookId, otherTenantSecret } = secrets
  const held = stripeSecrets.join(stripe?.secretSeparator ?? '')
  const rows: [name: string | undefined, value: string | undefined, isSecret: boolean][] = [
    [stripe?.secretEnv, held, true],
    [stripe?.tenants?.[1]?.secretEnv, otherTenantSecret, true],
    [stripe?.apiKeyEnv, stripeApiKey, true],
    [stripe?.apiBaseEnv, addresses.stripe, false],
    [paypal?.webhookIdEnv, paypalWebhookId, false],
    [paypal?.apiBaseEnv, addresses.paypal?.url, false],
    [paypal?.clientIdEnv, addresses.paypal?.clientId, false],
    [paypal?.clientSecretEnv, addresses.paypal?.clientSecret, true],
  ]
  const used = rows.filter((row): row is [string, string, boolean] => row[0] !== undefined && row[1] !== undefined)
  return {
    env: Object.fromEntries(used),
    stripeSecrets,
    ...(stripe?.apiKeyEnv && { stripeApiKey }),
    ...(stripe?.tenants && { otherTenantSecret }),
    ...(paypal && { paypalWebhookId }),
    secrets: used.filter(([, , isSecret]) => isSecret).map(([name, value]) => ({ name, value })),
  }
}

const missingSecrets = (names: readonly string[]): GatekitError =>
  new GatekitError(
    names.map((name) => ({
      title: `${name} is not set`,
      remedy: `set it to what the backend uses, or give target.start so that the gate can hand over its own`,
    })),
  )

const signingSecret = (): string => `whsec_${letters(32)}`

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const letters = (count: number): string => Array.from({ length: count }, () => alphabet[randomInt(62)]!).join('')

import { verifySignature } from '../../kernel/webhook-signature.ts'
import type { Backend } from '../settings.ts'

/** What was wrong with a request, or undefined when it is genuine. */
export type Refusal = { status: 401 | 503; reason: string }

export function checkStripe(
  { webhookSecrets, clock }: Pick<Backend, 'webhookSecrets' | 'clock'>,
  raw: Buffer,
  headers: Record<string, string | string[] | undefined>,
): Refusal | undefined {
  const secrets = webhookSecrets.filter((secret) => secret.trim() !== '')
  if (secrets.length === 0) return { status: 503, reason: 'secret-missing' }
  const header = headers['stripe-signature']
  if (typeof header !== 'string') return { status: 401, reason: 'header-missing' }
  const verified = verifySignature(raw, header, secrets, { now: clock.now() })
  return verified.ok ? undefined : { status: 401, reason: verified.failure }
}

import { parseSignatureHeader, signPayload, verifySignature } from '../../../kernel/webhook-signature.ts'
import type { Target } from '../../change.ts'
import type { Refusal } from '../../webhooks/check-stripe.ts'

type Headers = Record<string, string | string[] | undefined>

/** Changes body or header before the reference looks at them. */
export function beforeCheck(
  { parts }: Target,
  change: (raw: Buffer, header: string) => { raw?: Buffer; header?: string },
): void {
  const { checkStripe } = parts
  parts.checkStripe = (backend, raw, headers) => {
    const changed = change(raw, headerOf(headers))
    return checkStripe(backend, changed.raw ?? raw, {
      ...headers,
      'stripe-signature': changed.header ?? headerOf(headers),
    })
  }
}

/** Accepts what `accept` says, and else what the reference accepts. */
export function alsoAccept(
  { parts }: Target,
  accept: (raw: Buffer, headers: Headers, secrets: readonly string[]) => boolean,
): void {
  const { checkStripe } = parts
  parts.checkStripe = (backend, raw, headers): Refusal | undefined | Promise<Refusal | undefined> =>
    accept(raw, headers, backend.webhookSecrets) ? undefined : checkStripe(backend, raw, headers)
}

export const headerOf = (headers: Headers): string => {
  const header = headers['stripe-signature']
  return typeof header === 'string' ? header : ''
}

export const jsonOf = (raw: Buffer): Record<string, unknown> => {
  try {
    return JSON.parse(raw.toString('utf8')) ?? {}
  } catch {
    return {}
  }
}

export { parseSignatureHeader, signPayload, verifySignature }

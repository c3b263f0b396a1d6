/**
 * How a delivery is signed. Only `genuine`, `genuine-with-v0`, `wrong-then-right` and the two of a secret that is being rolled are the
 * provider's own; every other is an attempt that must have no effect.
 */
export const signings = [
  'genuine',
  'genuine-with-v0',
  'wrong-then-right',
  'second-secret',
  'both-secrets',
  'none',
  'empty-header',
  'garbage',
  'zeros',
  'random',
  'other-secret',
  'own-tenant',
  'empty-secret',
  'no-timestamp-signature',
  'body-only',
  'changed-timestamp',
  'old',
  'v0-only',
  'v2-only',
  'uppercase-scheme',
  'other-body',
  'other-spacing',
  'loose-spacing',
  'truncated',
  'base64',
  'foreign-key',
  'foreign-certificate',
  'other-webhook-id',
  'missing-headers',
] as const

export type Signing = (typeof signings)[number]

const legal: readonly Signing[] = ['genuine', 'genuine-with-v0', 'wrong-then-right', 'second-secret', 'both-secrets']

/** Whether a delivery signed so comes from the provider: its fact then has happened. */
export const isLegal = (signing: Signing = 'genuine'): boolean => legal.includes(signing)

import type { ProviderFlags } from '../config/flags.ts'
import { type StripeMode, stripeMode } from '../providers/stripe.ts'

type Variables = Readonly<Record<string, string | undefined>>

export const isProduction = (env: Variables): boolean =>
  ['production', 'prod', 'live'].includes((env.APP_ENV ?? env.NODE_ENV ?? '').toLowerCase())

/**
 * What makes it wrong for this process to take money. Production wants live keys and a signing secret; everywhere else a live key is wrong, and
 * a mode that was asked for wants its key.
 */
export function configurationProblems(env: Variables, flags: ProviderFlags): string[] {
  const mode = stripeMode(flags)
  const key = env.STRIPE_SECRET_KEY ?? ''
  const problems = [...keyProblems(mode, key, isProduction(env))]
  if (isProduction(env) && !(env.STRIPE_WEBHOOK_SECRET ?? '').trim()) problems.push('STRIPE_WEBHOOK_SECRET is not set')
  return problems
}

function keyProblems(mode: StripeMode, key: string, isLive: boolean): string[] {
  const problems: string[] = []
  if (isLive && mode !== 'live') problems.push('production does not mock payments and does not test them')
  if (isLive && !/^[sr]k_live_/.test(key)) problems.push('STRIPE_SECRET_KEY is not a live key')
  if (!isLive && /^[sr]k_live_/.test(key)) problems.push('STRIPE_SECRET_KEY is a live key outside production')
  if (!isLive && mode === 'live') problems.push('Stripe live mode outside production')
  if (mode === 'sandbox' && !/^[sr]k_test_/.test(key)) problems.push('STRIPE_SECRET_KEY is not a test key')
  return problems
}

import { randomUUID } from 'node:crypto'
import type { Contract } from '../contract/schema.ts'
import { pause } from '../deliver/pause.ts'
import type { ProviderCall } from '../double/types.ts'
import type { Attempt, Buyer, Rig } from '../rig/define.ts'
import { type Outcome, unmeasured } from '../verdict.ts'
import { type Payable, payablesOf } from './payables.ts'

export type CheckoutKind = 'purchase' | 'subscription'

/** A checkout and what the backend did at the provider for it. */
export interface CheckedOut {
  attempt: Attempt
  calls: ProviderCall[]
  payables: Payable[]
}

export type CheckoutOptions = NonNullable<Parameters<Rig['checkout']>[1]>

/** What the contract must say so that the backend's own writes to the provider can be seen. */
export function needsCheckout(
  { facts, providers, target }: Contract,
  kind: CheckoutKind = 'purchase',
): string | undefined {
  const request = kind === 'subscription' ? facts.subscription?.request : facts.purchase.request
  if (!request) return `facts.${kind}.request`
  if (providers.stripe && !providers.stripe.apiBaseEnv) return 'providers.stripe.api_base_env'
  return target.start === undefined ? 'target.start' : undefined
}

/** As `needsCheckout`, for probes that send keys of their own. */
export function needsKeyedCheckout(contract: Contract): string | undefined {
  const missing = needsCheckout(contract)
  if (missing) return missing
  return contract.facts.purchase.request?.idempotencyHeader === undefined
    ? 'facts.purchase.request.idempotency_header'
    : undefined
}

/** Sends one checkout and looks at what it made at the provider. Nothing else may call the provider meanwhile. */
export async function checkOut(rig: Rig, buyer: Buyer, options: CheckoutOptions = {}): Promise<CheckedOut> {
  const mark = rig.double.mark()
  const attempt = await rig.checkout(buyer, options)
  const calls = rig.double.calls({ after: mark })
  return { attempt, calls, payables: payablesOf(calls) }
}

/** A checkout that nothing disturbs. Without one that works and makes something at the provider, nothing of it can be judged. */
export async function controlCheckout(
  rig: Rig,
  options: CheckoutOptions = {},
): Promise<(CheckedOut & { payable: Payable; buyer: Buyer }) | { missing: Outcome }> {
  const buyer = options.kind === 'subscription' ? rig.subscription() : rig.payment()
  const done = await checkOut(rig, buyer, options)
  const [payable] = done.payables
  if (done.attempt.outcome !== 'ok')
    return { missing: unmeasured(`a plain checkout was answered ${done.attempt.status ?? done.attempt.trouble}`) }
  if (!payable) return { missing: unmeasured('a plain checkout began no payment at the provider') }
  return { ...done, payable, buyer }
}

/** Circuit breakers stay open about half a minute. */
const breakerMs = 35_000

/** Whether a fresh buyer's checkout works, now or once a circuit breaker has closed again. */
export async function worksAgain(rig: Rig): Promise<boolean> {
  const end = performance.now() + breakerMs
  while (!rig.signal.aborted) {
    const { attempt, payables } = await checkOut(rig, rig.payment())
    if (attempt.outcome === 'ok' && payables.length > 0) return true
    if (performance.now() > end) return false
    await pause(1_000)
  }
  return false
}

/** The body of an answer as JSON; undefined where it is none. */
export function jsonOf({ body }: Attempt): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Where the buyer is sent to pay. */
export function redirectOf(attempt: Attempt): string | undefined {
  const url = jsonOf(attempt)?.url
  return typeof url === 'string' ? url : undefined
}

/** A key that no run had before, as clients make them. */
export const freshKey = (): string => randomUUID()

import type { Outcome } from '../checks/define.ts'
import type { RetryPolicy } from './project.ts'

/** Nobody waits longer than this for a gate; a server that asks for more is not ready today. */
export const longestWaitMs = 60_000

/**
 * Milliseconds until the next attempt, or undefined when there is none: only what could not be judged is tried again, and an answer
 * 5xx of a request that may be repeated; never another false expectation. Doubles each time, between half and all of it by `random` (0 to 1); Retry-After is honoured up to a minute.
 */
export function retryDelay(outcome: Outcome, attempt: number, policy: RetryPolicy, random: number): number | undefined {
  const mayPass = outcome.status === 'ERROR' || (outcome.status === 'FAIL' && outcome.cause === 'http-5xx')
  const isRetryable = mayPass && outcome.cause !== undefined && policy.on.includes(outcome.cause)
  if (!isRetryable || attempt > policy.max) return undefined
  const asked = outcome.retryAfterMs ?? 0
  if (asked > longestWaitMs) return undefined
  const backoff = Math.min(policy.backoffMs * 2 ** (attempt - 1), longestWaitMs)
  return Math.max(asked, Math.round(backoff * (0.5 + random / 2)))
}

import { StripeError } from '../error.ts'
import type { Visit } from '../visit.ts'
import { slowMs } from './rule.ts'

/**
 * Does what was scripted before a request is looked at; returns for requests that go on. Errors have the codes and headers of
 * docs.stripe.com/rate-limits and docs.stripe.com/error-low-level. `cleared` lets go what hangs.
 */
export async function suffer(effect: string, visit: Visit, cleared: AbortSignal): Promise<void> {
  if (effect.startsWith('slow:')) return wait(slowMs(effect), cleared)
  if (effect === 'hang') await wait(undefined, cleared)
  if (effect === 'hang' || effect === 'drop') throw dropped(visit)
  const error = refusals[effect]
  if (error) throw error()
}

/** Resolves after that time, or when the rules are cleared; without a time only then. */
function wait(ms: number | undefined, cleared: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
    const stop = (): void => {
      clearTimeout(timer)
      resolve()
    }
    if (cleared.aborted) stop()
    cleared.addEventListener('abort', stop, { once: true })
  })
}

function dropped(visit: Visit): StripeError {
  visit.fault = 'perform-then-drop'
  return new StripeError(500, {
    type: 'api_error',
    message: 'The connection was cut before the request was looked at.',
  })
}

/** What Stripe says when something of its own went wrong; kept under the request's idempotency key as any answer. */
export const serverError = (): StripeError =>
  new StripeError(500, {
    type: 'api_error',
    message: 'An unknown error occurred. It was scripted with the sandbox’s control API.',
  })

const rateLimited = (): StripeError =>
  new StripeError(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
    },
    { 'stripe-rate-limited-reason': 'global-rate' },
  )

const refusals: Record<string, () => StripeError> = {
  '401': () =>
    new StripeError(401, {
      type: 'invalid_request_error',
      code: 'api_key_expired',
      message: 'Expired API Key provided.',
    }),
  '409': () =>
    new StripeError(409, {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message: 'There is currently another in-progress request using this Idempotent Key. Please try again later.',
    }),
  '429': rateLimited,
  rate_limit: rateLimited,
  lock_timeout: () =>
    new StripeError(429, {
      type: 'invalid_request_error',
      code: 'lock_timeout',
      message:
        'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. ' +
        'If you see this error intermittently, retry the request. If you see this error frequently and are making multiple ' +
        'concurrent requests to a single object, make your requests serially or at a lower rate.',
    }),
}

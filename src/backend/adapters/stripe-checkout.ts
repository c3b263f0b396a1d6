import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { plans } from '../../providers/plans.ts'
import type { CheckoutAnswer, CheckoutRequest } from '../../providers/stripe.ts'
import { HttpError, readBody } from '../http.ts'
import type { Backend } from '../settings.ts'

const body = z.strictObject({
  plan: z.string().max(64),
  email: z.email().max(254),
})

/** `POST /api/stripe_ext/checkout`: opens a checkout for a plan; the answer says truthfully whether Stripe was called. */
export function registerStripeCheckout(app: FastifyInstance, backend: Backend): void {
  app.post('/api/stripe_ext/checkout', async (request) => {
    const { plan: planId, email } = readBody(request, body)
    const plan = plans.get(planId)
    if (!plan) throw new HttpError(422, 'unknown_plan', `plan: one of ${[...plans.keys()].join(', ')}`)
    const key = request.headers['idempotency-key']
    const checkout: CheckoutRequest = {
      plan,
      email,
      successUrl: `${backend.publicUrl}/subscription/success.html`,
      cancelUrl: `${backend.publicUrl}/subscription/cancel.html`,
      ...(typeof key === 'string' && key.length > 0 && { idempotencyKey: key.slice(0, 255) }),
    }
    const answer = await create(backend, checkout)
    await shadow(backend, checkout, answer)
    return answer
  })
}

async function create(backend: Backend, checkout: CheckoutRequest): Promise<CheckoutAnswer> {
  try {
    return await backend.stripe.createCheckout(checkout)
  } catch (error) {
    throw asHttpError(error)
  }
}

/** What Stripe refused is the caller's to mend or to retry; nothing of Stripe's own text goes out, it can hold parts of keys. */
function asHttpError(error: unknown): HttpError {
  const { type, statusCode } = error as { type?: string; statusCode?: number }
  if (type === 'StripeIdempotencyError')
    return new HttpError(409, 'idempotency_conflict', 'this idempotency key was used with other values')
  if (statusCode === 429) return new HttpError(503, 'provider_busy', 'the payment provider asks to wait; try again')
  return new HttpError(
    502,
    'provider_failed',
    `the payment provider did not open a checkout (${type ?? 'unreachable'})`,
  )
}

/** With shadow calls on, the other provider is asked too; what it says is recorded and never changes the answer. */
async function shadow(backend: Backend, checkout: CheckoutRequest, answer: CheckoutAnswer): Promise<void> {
  if (!backend.shadowStripe || !backend.shadowLog) return
  const { idempotencyKey: _, ...rest } = checkout
  const candidate = await backend.shadowStripe.createCheckout(rest).catch((error: Error) => ({ error: error.name }))
  await backend.shadowLog.record('stripe.checkout', answer, candidate)
}

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Item, itemOf, itemOfPrice } from '../catalogue.ts'
import { HttpError, readBody } from '../http.ts'
import type { Parts } from '../parts.ts'
import { asHttpError } from '../provider/provider-errors.ts'
import type { Backend } from '../settings.ts'
import { openCheckout } from './open.ts'

const user = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{C}]+$/u)
const redirect = z.string().min(1).max(2048).optional()

const checkoutBody = z
  .strictObject({
    user,
    email: z.email().max(254).optional(),
    pack: z.string().max(64).optional(),
    plan: z.string().max(64).optional(),
    successUrl: redirect,
    cancelUrl: redirect,
    returnUrl: redirect,
  })
  .refine(({ pack, plan }) => (pack === undefined) !== (plan === undefined), { error: 'name a pack or a plan' })

const subscriptionBody = z.strictObject({
  priceId: z.string().min(1, 'priceId is required').max(255),
  successUrl: redirect,
  cancelUrl: redirect,
})

/** `POST /checkout`, `POST /subscription/checkout`, `POST /subscription/portal`, `GET /subscription/prices`. */
export function registerCheckout(app: FastifyInstance, { backend, parts }: { backend: Backend; parts: Parts }): void {
  const urls = (body: { successUrl?: string | undefined; cancelUrl?: string | undefined }) => ({
    successUrl: redirectTo(body.successUrl ?? '/subscription/success.html'),
    cancelUrl: redirectTo(body.cancelUrl ?? '/subscription/cancel.html'),
  })

  function redirectTo(value: string): string {
    const url = parts.redirectOf(value, backend.publicUrl)
    if (url === undefined) throw new HttpError(400, 'foreign_redirect', 'redirects must lead back to this application')
    return url
  }

  app.post('/checkout', async (request) => {
    const body = readBody(request, checkoutBody)
    const item = itemOf('pack', body.pack) ?? itemOf('plan', body.plan)
    if (!item) throw new HttpError(422, 'unknown_item', 'the catalogue has no such pack or plan')
    if (body.returnUrl !== undefined) redirectTo(body.returnUrl)
    const { sessionId: id, ...opened } = await openCheckout(backend, {
      user: body.user,
      email: body.email,
      item,
      ...urls(body),
      key: keyOf(request),
    })
    return { ...opened, id }
  })

  app.post('/subscription/checkout', async (request) => {
    const body = readBody(request, subscriptionBody)
    const item = itemOfPrice(body.priceId)
    if (!item) throw new HttpError(400, 'unknown_price', 'the catalogue has no such price')
    const id = callerOf(request)
    const { email } = (await userRow(backend, id)) ?? {}
    if (typeof email !== 'string') throw new HttpError(400, 'email_missing', 'User email not found')
    const { url, sessionId } = await openCheckout(backend, {
      user: id,
      email,
      item,
      ...urls(body),
      key: keyOf(request),
    })
    return { url, sessionId }
  })

  app.post('/subscription/portal', async (request) => {
    const body = readBody(request, z.strictObject({ returnUrl: redirect }))
    const returnUrl = redirectTo(body.returnUrl ?? '/')
    const found = await userRow(backend, callerOf(request))
    if (typeof found?.stripe_customer_id !== 'string') throw new HttpError(404, 'no_customer', 'no customer')
    if (!found.is_subscribed) throw new HttpError(400, 'no_subscription', 'No active subscription found')
    if (!backend.stripeApi) return { url: returnUrl }
    // A portal session is good for one visit, so each request is one of its own.
    return backend.stripeApi
      .createPortal(found.stripe_customer_id, returnUrl, `portal/${crypto.randomUUID()}`)
      .catch((error) => {
        throw asHttpError(error)
      })
  })

  app.get('/subscription/prices', async () => ({
    monthly: priceOf(itemOf('plan', 'monthly')),
    annual: priceOf(itemOf('plan', 'annual')),
  }))
}

const priceOf = (item: Item | undefined): string | undefined => item?.priceId

const keyOf = ({ headers }: FastifyRequest): string | undefined => {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new HttpError(400, 'invalid_key', 'Idempotency-Key: 1 to 255 visible characters')
}

/** Whom the authoriser in front of this service has found the caller to be. */
function callerOf({ headers }: FastifyRequest): string {
  const caller = user.safeParse(headers['x-user-id'])
  if (!caller.success) throw new HttpError(401, 'unauthenticated', 'the authoriser sends X-User-Id')
  return caller.data
}

async function userRow({ database }: Backend, id: string): Promise<Record<string, unknown> | undefined> {
  return (await database.query('select * from users where user_id = $1', [id])).rows[0]
}

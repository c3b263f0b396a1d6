import { HttpError } from '../http.ts'
import { asHttpError, isAnswer } from '../provider/provider-errors.ts'
import type { Backend } from '../settings.ts'
import { type Checkout, type CheckoutWish, checkoutOf, claimCheckout } from './claim.ts'

export interface OpenedCheckout {
  url: string
  sessionId: string
  mode: 'payment' | 'subscription'
  sandbox: boolean
  mocked: boolean
  livemode: boolean
}

const inFlight = new WeakMap<Backend, Map<string, Promise<Checkout>>>()

/**
 * Opens a checkout: one session for as many requests as there are for the same thing. Those that come while it is being made wait for it; a
 * process that died while making it left the provider's key behind, under which the next request gets the same session.
 */
export async function openCheckout(backend: Backend, wish: CheckoutWish): Promise<OpenedCheckout> {
  const now = backend.clock.now()
  const at = new Date(now).toISOString()
  const { checkout: claimed, superseded } = await backend.database.transaction((tx) =>
    claimCheckout(tx, wish, { at, now }),
  )
  for (const other of superseded) await end(backend, other)
  const checkout = claimed.state === 'creating' ? await createOnce(backend, claimed) : claimed
  const { mode } = backend.stripe
  return {
    url: checkout.url ?? '',
    sessionId: checkout.sessionId ?? '',
    mode: wish.item.kind === 'plan' ? 'subscription' : 'payment',
    sandbox: mode === 'sandbox',
    mocked: backend.stripeApi === undefined,
    livemode: checkout.livemode,
  }
}

/** Ends the checkout of another plan, so that nobody can pay for both; one that is being made is made first, or it could not be ended. */
async function end(backend: Backend, checkout: Checkout): Promise<void> {
  const { database, stripeApi } = backend
  const { id, sessionId } = checkout.state === 'creating' ? await createOnce(backend, checkout) : checkout
  const isEnded =
    !stripeApi ||
    !sessionId ||
    (await stripeApi.expireSession(sessionId).catch((error) => {
      throw asHttpError(error)
    }))
  if (!isEnded) throw new HttpError(409, 'already_subscribed', 'another plan was paid for just now')
  await database.query("update checkouts set state = 'expired' where checkout_id = $1 and state = 'open'", [id])
}

function createOnce(backend: Backend, checkout: Checkout): Promise<Checkout> {
  const flights = inFlight.get(backend) ?? new Map<string, Promise<Checkout>>()
  inFlight.set(backend, flights)
  const flying = flights.get(checkout.id)
  if (flying) return flying
  const flight = create(backend, checkout).finally(() => flights.delete(checkout.id))
  flights.set(checkout.id, flight)
  return flight
}

async function create(backend: Backend, checkout: Checkout): Promise<Checkout> {
  const { database, stripe } = backend
  const session =
    stripe.mode !== 'mock' || backend.stripeApi
      ? await askProvider(backend, checkout)
      : { id: `mock_${checkout.id}`, url: checkout.request.successUrl, livemode: false, expiresAt: undefined }
  const opened = await database.query(
    `update checkouts set state = case state when 'creating' then 'open' else state end,
       session_id = $2, url = $3, livemode = $4, expires_at = $5
     where checkout_id = $1 returning *`,
    [checkout.id, session.id, session.url, session.livemode, session.expiresAt ?? null],
  )
  return checkoutOf(opened.rows[0] as Record<string, unknown>)
}

/**
 * A call without an answer may have been carried out and is repeated under its key. A call with a bad answer would get that answer for ever,
 * so the next one has a key of its own.
 */
async function askProvider({ database, stripeApi }: Backend, checkout: Checkout) {
  if (!stripeApi) throw new HttpError(503, 'provider_missing', 'no payment provider is configured')
  try {
    return await stripeApi.createSession(checkout.request, `checkout/${checkout.id}/${checkout.attempt}`)
  } catch (error) {
    if (isAnswer(error))
      await database.query('update checkouts set attempt = attempt + 1 where checkout_id = $1 and attempt = $2', [
        checkout.id,
        checkout.attempt,
      ])
    throw asHttpError(error)
  }
}

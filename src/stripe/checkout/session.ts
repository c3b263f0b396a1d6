import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Stored } from '../wire.ts'

export type Session = Stored<'checkout.session'>

/** What completing a session needs of its parameters and the object does not show. */
export interface SessionData {
  payment_intent_data?: Record<string, unknown>
  setup_intent_data?: Record<string, unknown>
  subscription_data?: Record<string, unknown>
  customer_update?: { address?: string; name?: string; shipping?: string }
  /** Rates given by hand, by line item. */
  tax_rates?: Record<string, readonly string[]>
  /** The intent of a subscription's first payment; the session does not show it. */
  first_intent?: string
}

const key = (session: string) => `checkout data ${session}`

export const keepData = (ctx: Context, session: string, data: SessionData): void =>
  void ctx.account.memory.set(key(session), data)

export const dataOf = (ctx: Context, session: string): SessionData =>
  (ctx.account.memory.get(key(session)) as SessionData | undefined) ?? {}

/** Where the customer goes when it is done; `{CHECKOUT_SESSION_ID}` becomes the session's id. */
export const successUrl = (session: Session): string | undefined =>
  (session.success_url ?? session.return_url)?.replaceAll('{CHECKOUT_SESSION_ID}', session.id)

export function needOpen(session: Session, what: string): void {
  if (session.status === 'open') return
  throw stripeError(
    400,
    undefined,
    `Only Checkout Sessions with a status in ["open"] can be ${what}. This Checkout Session has a status of \`${session.status}\`.`,
  )
}

/** An absolute http(s) URL; the placeholder in it is not one of its characters. */
export function checkUrl(url: string | null | undefined, param: string): void {
  if (url === undefined || url === null) return
  const plain = url.replaceAll('{CHECKOUT_SESSION_ID}', 'id')
  if (URL.canParse(plain) && /^https?:\/\/[^/]/.test(plain)) return
  throw stripeError(400, 'url_invalid', 'Not a valid URL', param)
}

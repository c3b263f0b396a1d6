import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given, Stored } from '../wire.ts'
import { type MethodInput, makeMethod } from './method-data.ts'
import { usePaymentMethod } from './payment-method.ts'

type ConfirmationToken = Stored<'confirmation_token'>

export interface TokenInput {
  payment_method?: string | undefined
  payment_method_data?: MethodInput | undefined
  mandate_data?: Given<ConfirmationToken>['mandate_data']
  return_url?: string | undefined
  setup_future_usage?: string | undefined
  shipping?: { address?: object; name?: string; phone?: string | null } | null | undefined
  use_stripe_sdk?: boolean | undefined
}

/** Twelve hours. */
const secondsValid = 12 * 3600

const key = (token: string) => `confirmation token ${token}`

/** Keeps what a page collected until an intent is confirmed with it: docs.stripe.com/api/confirmation_tokens. */
export function createConfirmationToken(ctx: Context, input: TokenInput): ConfirmationToken {
  if (!input.payment_method && !input.payment_method_data)
    throw stripeError(
      400,
      'parameter_missing',
      'You must provide one of `payment_method` or `payment_method_data`.',
      'payment_method_data',
    )
  const method = input.payment_method
    ? usePaymentMethod(ctx, input.payment_method)
    : makeMethod(ctx, input.payment_method_data ?? {})
  const { created: _, id, livemode: __, metadata: ___, object: ____, ...preview } = method
  const token = ctx.tables.confirmation_token.create({
    expires_at: ctx.now + secondsValid,
    mandate_data: input.mandate_data ?? null,
    payment_intent: null,
    payment_method_options: { card: null },
    payment_method_preview: preview as Given<ConfirmationToken>['payment_method_preview'],
    return_url: input.return_url ?? null,
    setup_future_usage: input.setup_future_usage ?? null,
    setup_intent: null,
    shipping: input.shipping
      ? { name: '', phone: null, ...input.shipping, address: { ...noAddress, ...input.shipping.address } }
      : null,
    use_stripe_sdk: input.use_stripe_sdk ?? true,
  })
  ctx.account.memory.set(key(token.id), id)
  return token
}

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null }

/** What a confirmation takes from a token, under the names of its parameters. */
interface Confirming {
  confirmation_token?: string | undefined
  payment_method?: string | undefined
  payment_method_data?: unknown
}

/**
 * The parameters of a confirmation with what its token holds in the place of what they do not say. The token is spent, also when the
 * confirmation then fails.
 */
export function withConfirmationToken<Params extends Confirming>(
  ctx: Context,
  intent: { id: string; object: 'payment_intent' | 'setup_intent' },
  params: Params,
): Params {
  if (params.confirmation_token === undefined) return params
  for (const other of ['payment_method', 'payment_method_data'] as const)
    if (params[other] !== undefined)
      throw stripeError(
        400,
        'parameters_exclusive',
        `You may only specify one of these parameters: confirmation_token, ${other}.`,
      )
  const token = ctx.tables.confirmation_token.need(params.confirmation_token, 'confirmation_token')
  const usedBy = token.payment_intent ?? token.setup_intent
  if (usedBy !== null)
    throw stripeError(
      400,
      undefined,
      `The ConfirmationToken ${token.id} was already used to confirm ${usedBy}.`,
      'confirmation_token',
    )
  if (token.expires_at !== null && token.expires_at <= ctx.now)
    throw stripeError(400, undefined, `The ConfirmationToken ${token.id} has expired.`, 'confirmation_token')
  ctx.tables.confirmation_token.patch(token.id, { expires_at: null, [intent.object]: intent.id })
  const { mandate_data, return_url, setup_future_usage, shipping } = token
  const held = { mandate_data, return_url, setup_future_usage, shipping }
  const kept = Object.entries(held).filter(([, value]) => value !== null && value !== undefined)
  return {
    ...Object.fromEntries(kept),
    ...params,
    payment_method: ctx.account.memory.get(key(token.id)) as string,
  }
}

import { defineResource } from '../define.ts'
import { createConfirmationToken, type TokenInput } from '../payment/confirmation-token.ts'

/** Made by Stripe.js, and by a test helper for tests without a browser; intents are confirmed with them. */
export const confirmationTokens = defineResource({
  object: 'confirmation_token',

  operations: {
    /** What Stripe.js calls; not in the documentation of the API. */
    'POST /v1/confirmation_tokens': (ctx) => createConfirmationToken(ctx, ctx.params as TokenInput),

    'POST /v1/test_helpers/confirmation_tokens': (ctx) => createConfirmationToken(ctx, ctx.params as TokenInput),
  },
})

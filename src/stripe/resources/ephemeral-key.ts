import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'

const secondsValid = 3600

/** Keys for one customer, card or verification in a mobile app, good for an hour: docs.stripe.com/api/ephemeral_keys. */
export const ephemeralKeys = defineResource({
  object: 'ephemeral_key',

  create(ctx) {
    const { params, tables } = ctx
    const { customer, issuing_card, verification_session } = params
    const given = [customer, issuing_card, verification_session].filter((each) => each !== undefined)
    if (given.length !== 1)
      throw stripeError(
        400,
        'parameter_missing',
        'You must provide exactly one of the following parameters: customer, issuing_card, verification_session.',
      )
    if (customer) tables.customer.need(customer, 'customer')
    if (issuing_card) tables['issuing.card'].need(issuing_card, 'issuing_card')
    if (verification_session) tables['identity.verification_session'].need(verification_session, 'verification_session')
    return { created: ctx.now, expires: ctx.now + secondsValid, secret: `ek_test_${ctx.newSecret(64)}` }
  },
})

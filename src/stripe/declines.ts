/** What an issuer answers to a declined charge; `code` is the error's, `decline_code` the issuer's reason. */
export interface Decline {
  code: string
  decline_code: string
  message: string
  advice_code?: 'confirm_card_data' | 'do_not_try_again' | 'try_again_later'
}

const tryLater = { advice_code: 'try_again_later' } as const
const confirmData = { advice_code: 'confirm_card_data' } as const
const declined = 'Your card was declined.'

export const declines = {
  generic_decline: { code: 'card_declined', decline_code: 'generic_decline', message: declined, ...tryLater },
  insufficient_funds: {
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
    ...tryLater,
  },
  lost_card: { code: 'card_declined', decline_code: 'lost_card', message: declined, advice_code: 'do_not_try_again' },
  stolen_card: {
    code: 'card_declined',
    decline_code: 'stolen_card',
    message: declined,
    advice_code: 'do_not_try_again',
  },
  fraudulent: { code: 'card_declined', decline_code: 'fraudulent', message: declined },
  card_velocity_exceeded: {
    code: 'card_declined',
    decline_code: 'card_velocity_exceeded',
    message: 'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    ...tryLater,
  },
  expired_card: {
    code: 'expired_card',
    decline_code: 'expired_card',
    message: 'Your card has expired.',
    ...confirmData,
  },
  incorrect_cvc: {
    code: 'incorrect_cvc',
    decline_code: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    ...confirmData,
  },
  processing_error: {
    code: 'processing_error',
    decline_code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    ...tryLater,
  },
  test_mode_live_card: {
    code: 'card_declined',
    decline_code: 'test_mode_live_card',
    message:
      'Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
  },
  authentication_required: {
    code: 'authentication_required',
    decline_code: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
} as const satisfies Record<string, Decline>

export type DeclineName = keyof typeof declines

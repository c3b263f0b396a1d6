import { defineMutant } from './define.ts'
import { insteadOf } from './support/http.ts'
import { answerOf, callProvider, sessionFields } from './support/raw-provider.ts'

export const d6 = defineMutant({
  id: 'D6',
  defect: 'D6',
  summary: 'price, amount, quantity and currency of the request are used',
  seen: 'versiful: any priceId is passed on',
  wrap(app, target) {
    insteadOf(app, 'POST', /^\/checkout$/, async (request) => {
      const { user, pack, amount, currency, quantity, price, priceId, ...rest } = (request.body ?? {}) as Record<
        string,
        unknown
      >
      if ([amount, currency, quantity, price, priceId].every((each) => each === undefined)) return undefined
      const urls = { successUrl: target.backend.publicUrl, cancelUrl: target.backend.publicUrl }
      const wishes = { amount, currency, quantity, price: price ?? priceId }
      const fields = sessionFields({ user: String(user), item: String(pack ?? rest.plan), ...urls }, wishes)
      return answerOf((await callProvider(target, '/v1/checkout/sessions', fields)).body)
    })
  },
})

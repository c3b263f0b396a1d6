import { itemOf } from '../catalogue.ts'
import { defineMutant } from './define.ts'
import { callProvider } from './support/raw-provider.ts'
import { onClaim } from './support/story.ts'

export const d13 = defineMutant({
  id: 'D13',
  defect: 'D13',
  summary: 'a part of a wrong payment is given back by its event, guarded by the provider’s memory only',
  apply(target) {
    const { isPriceOf } = target.parts
    onClaim(target, (_tx, incoming) => {
      const captured = incoming.facts.find((fact) => fact.kind === 'captured')
      const item = captured && itemOf('pack', captured.buyer.item)
      if (captured && item && !isPriceOf(item, captured) && incoming.gateway === 'stripe')
        void callProvider(
          { env: target.env },
          '/v1/refunds',
          { payment_intent: captured.payment, amount: '100' },
          `refund/${captured.payment}`,
        ).catch(() => {})
      return true
    })
  },
})

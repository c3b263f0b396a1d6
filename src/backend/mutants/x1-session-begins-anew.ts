import { defineMutant } from './define.ts'
import { forgetRefunds, onClaim } from './support/story.ts'

export const x1 = defineMutant({
  id: 'X1',
  defect: 'X1',
  summary: 'a completed session that arrives after the refund of its payment makes it a paid one again',
  apply(target) {
    onClaim(target, async (tx, incoming, isNew) => {
      const captured = incoming.facts.find((fact) => fact.kind === 'captured')
      if (isNew && captured && incoming.type === 'checkout.session.completed') await forgetRefunds(tx, captured.payment)
      return isNew
    })
  },
})

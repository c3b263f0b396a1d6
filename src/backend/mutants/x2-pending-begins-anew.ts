import { defineMutant } from './define.ts'
import { forgetRefunds, onClaim } from './support/story.ts'

export const x2 = defineMutant({
  id: 'X2',
  defect: 'X2',
  summary: 'a payment that is said to be pending or to have failed after its refund begins anew',
  apply(target) {
    onClaim(target, async (tx, incoming, isNew) => {
      const early = incoming.facts.find((fact) => fact.kind === 'pending' || fact.kind === 'failed')
      if (isNew && early && 'payment' in early) await forgetRefunds(tx, early.payment)
      return isNew
    })
  },
})

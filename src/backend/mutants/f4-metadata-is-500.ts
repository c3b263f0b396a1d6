import { defineMutant } from './define.ts'

export const f4 = defineMutant({
  id: 'F4',
  defect: 'F4',
  summary: 'a purchase without a proper buyer is answered 500',
  apply({ parts }) {
    const { factsOfStripe } = parts
    parts.factsOfStripe = (event) => {
      const facts = factsOfStripe(event)
      if (facts.some((fact) => fact.kind === 'captured' && !fact.buyer.user)) throw new TypeError('no user')
      return facts
    }
  },
})

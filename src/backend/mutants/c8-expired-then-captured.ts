import { defineMutant } from './define.ts'

export const c8 = defineMutant({
  id: 'C8',
  defect: 'C8',
  summary: 'money that comes after the session expired is kept and nothing is delivered',
  apply({ parts }) {
    const { factsOfStripe } = parts
    const expired = new Set<string>()
    const buyerOf = (object: Record<string, unknown>) => JSON.stringify(object.metadata ?? null)
    parts.factsOfStripe = (event) => {
      const { object } = event.data
      if (event.type === 'checkout.session.expired') expired.add(buyerOf(object))
      return factsOfStripe(event).filter(({ kind }) => kind !== 'captured' || !expired.has(buyerOf(object)))
    }
  },
})

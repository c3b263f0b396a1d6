import { defineMutant } from './define.ts'

export const d1 = defineMutant({
  id: 'D1',
  defect: 'D1',
  summary: 'a completed session is taken for a paid one',
  seen: 'quickscale: a comment says that a completed session is a paid one',
  apply({ parts }) {
    const { factsOfStripe } = parts
    parts.factsOfStripe = (event) => {
      const { object } = event.data
      return factsOfStripe({
        ...event,
        data: { object: 'payment_status' in object ? { ...object, payment_status: 'paid' } : object },
      })
    }
  },
})

import { defineMutant } from './define.ts'

export const e2Paypal = defineMutant({
  id: 'E2-paypal',
  defect: ['E2', 'E1'],
  summary: 'a PayPal refund is looked up by its own id',
  apply({ parts }) {
    const { factsOfPaypal } = parts
    parts.factsOfPaypal = (event) =>
      factsOfPaypal(event).map((fact) =>
        fact.kind === 'refund' || fact.kind === 'refund-total' ? { ...fact, payment: String(event.resource.id) } : fact,
      )
  },
})

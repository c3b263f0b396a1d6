import { defineMutant } from './define.ts'

export const e2 = defineMutant({
  id: 'E2',
  defect: ['E2', 'E1'],
  summary: 'refunds are looked up by the id of the charge, purchases are kept by that of the payment',
  seen: 'card packs: the generic mapper uses the charge id',
  apply({ parts }) {
    const { factsOfStripe } = parts
    parts.factsOfStripe = (event) =>
      factsOfStripe(event).map((fact) => {
        if (fact.kind === 'refund-total') return { ...fact, payment: String(event.data.object.id), aliases: [] }
        if (fact.kind === 'refund') return { ...fact, payment: String(event.data.object.charge ?? fact.payment) }
        return 'aliases' in fact ? { ...fact, aliases: [] } : fact
      })
  },
})

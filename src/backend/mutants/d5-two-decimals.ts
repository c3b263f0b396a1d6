import { defineMutant } from './define.ts'

export const d5 = defineMutant({
  id: 'D5',
  defect: ['D5', 'D4', 'D3'],
  summary: 'every currency has two decimals',
  apply({ parts }) {
    const { factsOfPaypal } = parts
    parts.factsOfPaypal = (event) =>
      factsOfPaypal(event).map((fact) =>
        fact.kind === 'captured' && fact.currency !== 'usd'
          ? { ...fact, amount: Math.round(Number((event.resource.amount as { value: string }).value) * 100) }
          : fact,
      )
  },
})

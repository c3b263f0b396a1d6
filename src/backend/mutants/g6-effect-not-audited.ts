import { defineMutant } from './define.ts'

export const g6 = defineMutant({
  id: 'G6',
  defect: 'G6',
  summary: 'captures and refunds leave no record',
  apply({ parts }) {
    const { appendAudit } = parts
    parts.appendAudit = (tx, entries, at) =>
      appendAudit(
        tx,
        entries.filter(({ event }) => event === 'webhook_rejected'),
        at,
      )
  },
})

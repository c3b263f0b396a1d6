import { defineMutant } from './define.ts'

export const g7 = defineMutant({
  id: 'G7',
  defect: 'G7',
  summary: 'refused requests leave no record',
  apply({ parts }) {
    const { appendAudit } = parts
    parts.appendAudit = (tx, entries, at) =>
      appendAudit(
        tx,
        entries.filter(({ event }) => event !== 'webhook_rejected'),
        at,
      )
  },
})

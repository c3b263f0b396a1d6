import { defineVariant } from './define.ts'

export const extraRecords = defineVariant({
  id: 'extra-records',
  kind: 'noise',
  summary: 'three more audit records with every event',
  apply({ parts }) {
    const { appendAudit } = parts
    parts.appendAudit = (tx, entries, at) => {
      const [first] = entries
      const extra = ['received', 'queued', 'note'].map((event) => ({
        event,
        target: first?.target ?? 'system',
        payload: {},
      }))
      return appendAudit(tx, entries.length > 0 ? [...extra, ...entries] : entries, at)
    }
  },
})

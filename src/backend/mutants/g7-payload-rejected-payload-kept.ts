import { defineMutant } from './define.ts'

export const g7Payload = defineMutant({
  id: 'G7-payload',
  defect: 'G7',
  summary: 'what an unsigned request said is kept in the audit log',
  apply({ parts }) {
    const { checkStripe, appendAudit } = parts
    let last = ''
    parts.checkStripe = (backend, raw, headers) => {
      last = raw.toString('utf8').slice(0, 2000)
      return checkStripe(backend, raw, headers)
    }
    parts.appendAudit = (tx, entries, at) =>
      appendAudit(
        tx,
        entries.map((entry) =>
          entry.event === 'webhook_rejected' ? { ...entry, payload: { ...entry.payload, body: last } } : entry,
        ),
        at,
      )
  },
})

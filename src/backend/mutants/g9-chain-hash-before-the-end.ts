import { defineMutant } from './define.ts'

export const g9Chain = defineMutant({
  id: 'G9-chain',
  defect: 'G9',
  summary: 'records are completed after their hash was made',
  apply({ parts }) {
    const { appendAudit } = parts
    parts.appendAudit = async (tx, entries, at) => {
      await appendAudit(
        tx,
        entries.map((entry) => ({ ...entry, user: undefined })),
        at,
      )
      await tx.query('alter table audit_logs disable trigger user')
      for (const { user, target } of entries)
        if (user) await tx.query('update audit_logs set user_id = $1 where target_id = $2', [user, target])
      await tx.query('alter table audit_logs enable trigger user')
    }
  },
})

import { defineMutant } from './define.ts'

export const m15 = defineMutant({
  id: 'M15',
  defect: 'M15',
  summary: 'a batch that failed is in the way of its own repetition',
  seen: 'flexprice: the unique index holds the failed row, and force_rerun is ignored',
  apply({ parts, backend }) {
    const { openBatches } = parts
    parts.openBatches = async (...asked) => {
      const { rows } = await backend.database.query(
        "select id::text as id from stripe_sync_batches where sync_status = 'failed'",
      )
      const failed = new Set(rows.map(({ id }) => id))
      return (await openBatches(...asked)).filter(({ id }) => !failed.has(id))
    }
  },
})

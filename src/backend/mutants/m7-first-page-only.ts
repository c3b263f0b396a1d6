import { defineMutant } from './define.ts'

export const m7 = defineMutant({
  id: 'M7',
  defect: 'M7',
  summary: 'a sync sends its first page of batches',
  seen: 'flexprice: LIMIT batch_size without paging',
  apply({ parts, backend }) {
    const { openBatches } = parts
    parts.openBatches = async (...asked) => (await openBatches(...asked)).slice(0, backend.metering?.batchSize)
  },
})

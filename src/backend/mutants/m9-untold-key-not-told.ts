import { defineMutant } from './define.ts'

export const m9Untold = defineMutant({
  id: 'M9-untold',
  defect: 'M9',
  summary: 'a refused key is told as any other failure',
  apply({ parts }) {
    const { sentOf } = parts
    parts.sentOf = (error, batch) => {
      const sent = sentOf(error, batch)
      return sent.status === 'failed' && sent.reason === 'auth' ? { ...sent, message: 'sync failed' } : sent
    }
  },
})

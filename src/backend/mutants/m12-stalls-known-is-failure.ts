import { defineMutant } from './define.ts'

export const m12Stalls = defineMutant({
  id: 'M12-stalls',
  defect: 'M12',
  summary: 'an identifier that is known is a failure, and sent by every sync',
  apply({ parts }) {
    const { sentOf } = parts
    parts.sentOf = (error, batch) => {
      const sent = sentOf(error, batch)
      if (sent.status === 'failed') return sent
      return { status: 'failed', reason: 'busy', message: 'duplicate' }
    }
  },
})

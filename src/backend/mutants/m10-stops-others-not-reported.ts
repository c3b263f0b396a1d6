import { defineMutant } from './define.ts'

export const m10Stops = defineMutant({
  id: 'M10-stops',
  defect: 'M10',
  summary: 'the first meter without a mapping ends the sync',
  apply({ parts }) {
    const { sendBatch } = parts
    parts.sendBatch = async (...asked) => {
      const sent = await sendBatch(...asked)
      if (sent.status === 'failed' && sent.reason === 'mapping') throw new Error(sent.message)
      return sent
    }
  },
})

import { defineMutant } from './define.ts'

export const m9 = defineMutant({
  id: 'M9',
  defect: 'M9',
  summary: 'whatever the provider refuses is sent six times',
  apply({ parts }) {
    const { sendBatch } = parts
    parts.sendBatch = async (...asked) => {
      let sent = await sendBatch(...asked)
      for (let again = 0; again < 5 && sent.status === 'failed'; again++) sent = await sendBatch(...asked)
      return sent
    }
  },
})

import { defineMutant } from './define.ts'
import { onAnswer, webhooks } from './support/http.ts'

export const b15 = defineMutant({
  id: 'B15',
  defect: ['B15', 'B8', 'B6'],
  summary: 'what failed once is answered 200, marked for later and never looked at again',
  seen: 'flexprice: RetryFailedBatches only sets retrying',
  wrap(app) {
    const later: string[] = []
    onAnswer(app, webhooks, ({ status }, request) => {
      if (status < 500) return {}
      later.push(String(request.id))
      return { status: 200, text: '{"status":"retrying"}' }
    })
  },
})

import { defineMutant } from './define.ts'
import { onAnswer, webhooks } from './support/http.ts'

export const f2 = defineMutant({
  id: 'F2',
  defect: 'F2',
  summary: 'a body over the limit is answered 500',
  wrap(app) {
    onAnswer(app, webhooks, ({ status }) => (status === 413 ? { status: 500 } : {}))
  },
})

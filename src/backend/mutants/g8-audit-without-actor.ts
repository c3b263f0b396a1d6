import { defineMutant } from './define.ts'
import { onAnswer } from './support/http.ts'

export const g8 = defineMutant({
  id: 'G8',
  defect: 'G8',
  summary: 'records do not say whose money it was',
  seen: 'card packs: the refund record has no user',
  wrap(app) {
    onAnswer(app, /^\/audit$/, ({ text }) => ({ text: text.replace(/"user_id":"[^"]*"/g, '"user_id":null') }))
  },
})

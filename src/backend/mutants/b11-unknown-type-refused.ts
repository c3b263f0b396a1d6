import { defineMutant } from './define.ts'
import { onAnswer, webhooks } from './support/http.ts'

export const b11 = defineMutant({
  id: 'B11',
  defect: 'B11',
  summary: 'an event of an unknown type is answered 400',
  wrap(app) {
    onAnswer(app, webhooks, ({ text }) => (text.includes('unsupported_event_type') ? { status: 400 } : {}))
  },
})

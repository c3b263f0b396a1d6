import { defineMutant } from './define.ts'
import { onAnswer, webhooks } from './support/http.ts'

export const b10 = defineMutant({
  id: 'B10',
  defect: 'B10',
  summary: 'an event that comes again is answered 409',
  wrap(app) {
    onAnswer(app, webhooks, ({ status, text }) =>
      status === 200 && /ALREADY_PROCESSED|already_refunded/.test(text) ? { status: 409 } : {},
    )
  },
})

import { defineMutant } from './define.ts'
import { onAnswer, webhooks } from './support/http.ts'

export const f1 = defineMutant({
  id: 'F1',
  defect: 'F1',
  summary: 'a body that is no event is answered 500',
  wrap(app) {
    onAnswer(app, webhooks, ({ status, text }) =>
      status === 400 && text.includes('event_invalid') ? { status: 500 } : {},
    )
  },
})

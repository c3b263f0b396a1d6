import { defineMutant } from './define.ts'
import { onAnswer, webhooks } from './support/http.ts'

export const b8 = defineMutant({
  id: 'B8',
  defect: 'B8',
  summary: 'whatever fails is answered 200',
  seen: 'quickscale: every handler exception is answered success',
  wrap(app) {
    onAnswer(app, webhooks, ({ status }) => (status >= 500 ? { status: 200, text: '{"status":"success"}' } : {}))
  },
})

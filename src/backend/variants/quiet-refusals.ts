import { onAnswer, webhooks } from '../mutants/support/http.ts'
import { defineVariant } from './define.ts'

export const quietRefusals = defineVariant({
  id: 'quiet-refusals',
  kind: 'noise',
  summary: 'an event that is not believed is answered 200 and forgotten',
  wrap(app) {
    onAnswer(app, webhooks, ({ status }) => (status === 401 ? { status: 200, text: '{"received":true}' } : {}))
  },
})

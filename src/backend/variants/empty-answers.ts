import { onAnswer, webhooks } from '../mutants/support/http.ts'
import { defineVariant } from './define.ts'

export const emptyAnswers = defineVariant({
  id: 'empty-answers',
  kind: 'noise',
  summary: 'webhooks are answered 204 with nothing',
  wrap(app) {
    onAnswer(app, webhooks, ({ status }) => (status < 300 ? { status: 204, text: '' } : {}))
  },
})

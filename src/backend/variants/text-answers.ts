import { onAnswer, webhooks } from '../mutants/support/http.ts'
import { defineVariant } from './define.ts'

export const textAnswers = defineVariant({
  id: 'text-answers',
  kind: 'noise',
  summary: 'webhooks are answered in plain text',
  wrap(app) {
    onAnswer(app, webhooks, ({ status }) => ({ text: status < 300 ? 'OK' : 'no' }))
  },
})

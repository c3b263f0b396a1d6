import { onAnswer, webhooks } from '../mutants/support/http.ts'
import { defineVariant } from './define.ts'

export const createdAnswers = defineVariant({
  id: 'created-answers',
  kind: 'noise',
  summary: 'the first delivery is answered 201, the next 208',
  wrap(app) {
    onAnswer(app, webhooks, ({ status, text }) =>
      status === 200 ? { status: /ALREADY|already/.test(text) ? 208 : 201 } : {},
    )
  },
})

import { onAnswer } from '../mutants/support/http.ts'
import { defineVariant } from './define.ts'

export const otherRefusals = defineVariant({
  id: 'other-refusals',
  kind: 'noise',
  summary: 'refuses with 403 in place of 401, and with 404 in place of 405',
  wrap(app) {
    onAnswer(app, /./, ({ status }) => (status === 401 ? { status: 403 } : status === 405 ? { status: 404 } : {}))
  },
})

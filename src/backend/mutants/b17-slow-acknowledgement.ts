import { defineMutant } from './define.ts'
import { insteadOf, webhooks } from './support/http.ts'

export const b17 = defineMutant({
  id: 'B17',
  defect: 'B17',
  summary: 'answers after seven seconds',
  wrap(app) {
    insteadOf(app, 'POST', webhooks, () => new Promise((done) => setTimeout(() => done(undefined), 7_000)))
  },
})

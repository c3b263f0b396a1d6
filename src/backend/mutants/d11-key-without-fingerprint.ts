import { defineMutant } from './define.ts'
import { insteadOf, onAnswer } from './support/http.ts'

export const d11 = defineMutant({
  id: 'D11',
  defect: 'D11',
  summary: 'the answer of a key is given again for whatever is asked under it',
  wrap(app) {
    const answers = new Map<string, string>()
    const keyOf = ({ headers }: { headers: Record<string, unknown> }) => String(headers['idempotency-key'] ?? '')
    insteadOf(app, 'POST', /^\/checkout$/, async (request) => {
      const kept = answers.get(keyOf(request))
      return kept === undefined ? undefined : JSON.parse(kept)
    })
    onAnswer(app, /^\/checkout$/, ({ status, text }, request) => {
      if (status === 200 && keyOf(request)) answers.set(keyOf(request), text)
      return {}
    })
  },
})

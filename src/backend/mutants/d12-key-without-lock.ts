import { defineMutant } from './define.ts'
import { insteadOf } from './support/http.ts'
import { answerOf, callProvider, sessionFields } from './support/raw-provider.ts'

export const d12 = defineMutant({
  id: 'D12',
  defect: ['D12', 'D11'],
  summary: 'a key is remembered when its work is done, so several at once all work',
  wrap(app, target) {
    const answers = new Map<string, unknown>()
    insteadOf(app, 'POST', /^\/checkout$/, async (request) => {
      const { user, pack } = (request.body ?? {}) as Record<string, string | undefined>
      const key = request.headers['idempotency-key']
      if (!user || !pack || typeof key !== 'string') return undefined
      const kept = answers.get(key)
      if (kept) return kept
      const urls = { successUrl: target.backend.publicUrl, cancelUrl: target.backend.publicUrl }
      const made = await callProvider(target, '/v1/checkout/sessions', sessionFields({ user, item: pack, ...urls }))
      const answer = answerOf(made.body)
      answers.set(key, answer)
      return answer
    })
  },
})

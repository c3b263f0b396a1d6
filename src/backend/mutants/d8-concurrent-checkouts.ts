import { itemOf } from '../catalogue.ts'
import { defineMutant } from './define.ts'
import { insteadOf } from './support/http.ts'
import { answerOf, callProvider, sessionFields } from './support/raw-provider.ts'

export const d8 = defineMutant({
  id: 'D8',
  defect: 'D8',
  summary: 'each of several simultaneous checkouts makes a customer and a session',
  wrap(app, target) {
    insteadOf(app, 'POST', /^\/checkout$/, async (request) => {
      const { user, email, pack, plan } = (request.body ?? {}) as Record<string, string | undefined>
      if (!user || !itemOf('pack', pack) || request.headers['idempotency-key']) return undefined
      await callProvider(target, '/v1/customers', { email: email ?? '' })
      const urls = { successUrl: target.backend.publicUrl, cancelUrl: target.backend.publicUrl }
      const fields = sessionFields({ user, item: String(pack ?? plan), ...urls })
      return answerOf((await callProvider(target, '/v1/checkout/sessions', fields)).body)
    })
  },
})

import { defineMutant } from './define.ts'
import { insteadOf } from './support/http.ts'
import { alsoAccept, jsonOf } from './support/signing.ts'

export const a17 = defineMutant({
  id: 'A17',
  defect: 'A17',
  summary: 'events with a test id are believed, in production too',
  seen: 'card packs: POST /webhooks/test',
  apply(target) {
    const { backend } = target
    backend.problems = []
    backend.stripe = { ...backend.stripe, mode: 'sandbox' }
    alsoAccept(target, (raw) => /^evt_(test_|0{8})/.test(String(jsonOf(raw).id)))
  },
  wrap(app) {
    insteadOf(app, 'POST', /^\/webhooks?\/test$/, async () => undefined)
    app.post('/webhooks/test', async (request, reply) => {
      const payload = JSON.stringify({ ...(request.body as object), id: `evt_test_${Date.now()}` })
      const answer = await app.inject({
        method: 'POST',
        url: '/webhooks/stripe',
        payload,
        headers: { 'content-type': 'application/json' },
      })
      return reply.status(answer.statusCode).send(answer.body)
    })
  },
})

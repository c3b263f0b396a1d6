import { defineMutant } from './define.ts'
import { insteadOf, webhooks } from './support/http.ts'

export const b7 = defineMutant({
  id: 'B7',
  defect: 'B7',
  summary: 'answers 200 first and works afterwards, in memory',
  wrap(app) {
    insteadOf(app, 'POST', webhooks, async (request) => {
      if (request.headers['x-inner'] || !request.headers['stripe-signature']) return undefined
      const { url, headers, body } = request
      const later = async () =>
        app.inject({ method: 'POST', url, headers: { ...headers, 'x-inner': '1' }, payload: body as Buffer })
      setTimeout(() => void later().catch(() => {}), 40)
      return { status: 'success', processed: true }
    })
  },
})

import { defineMutant } from './define.ts'

export const f6 = defineMutant({
  id: 'F6',
  defect: 'F6',
  summary: 'the webhook takes an event by PUT and without a signature',
  wrap(app, { parts }) {
    const { checkStripe } = parts
    parts.checkStripe = (backend, raw, headers) => (headers['x-inner'] ? undefined : checkStripe(backend, raw, headers))
    for (const method of ['GET', 'PUT'] as const)
      app.route({
        method,
        url: '/webhooks/stripe',
        handler: async (request) => {
          const headers = { 'content-type': 'application/json', 'x-inner': '1' }
          if (request.body)
            await app.inject({
              method: 'POST',
              url: '/webhooks/stripe',
              headers,
              payload: JSON.stringify(request.body),
            })
          return { status: 'success' }
        },
      })
  },
})

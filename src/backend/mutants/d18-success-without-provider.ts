import { defineMutant } from './define.ts'

export const d18 = defineMutant({
  id: 'D18',
  defect: 'D18',
  summary: 'a checkout whose provider has trouble is reported as success',
  apply({ backend }) {
    const { stripeApi } = backend
    if (!stripeApi) return
    const { createSession } = stripeApi
    stripeApi.createSession = (request, key) =>
      createSession(request, key).catch((error: { statusCode?: number }) => {
        if (error.statusCode === 402 || error.statusCode === 429) throw error
        return { id: `cs_later_${Date.now()}`, url: request.successUrl, livemode: false, expiresAt: undefined }
      })
  },
})

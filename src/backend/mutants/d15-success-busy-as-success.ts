import { defineMutant } from './define.ts'

export const d15Success = defineMutant({
  id: 'D15-success',
  defect: 'D15',
  summary: 'a provider that asks to wait is reported as success',
  apply({ backend }) {
    const { stripeApi } = backend
    if (!stripeApi) return
    const { createSession } = stripeApi
    stripeApi.createSession = (request, key) =>
      createSession(request, key).catch((error: { statusCode?: number }) => {
        if (error.statusCode !== 429) throw error
        return { id: `cs_pending_${Date.now()}`, url: request.successUrl, livemode: false, expiresAt: undefined }
      })
  },
})

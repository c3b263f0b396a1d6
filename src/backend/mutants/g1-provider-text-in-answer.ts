import { HttpError } from '../http.ts'
import { defineMutant } from './define.ts'

export const g1 = defineMutant({
  id: 'G1',
  defect: 'G1',
  summary: 'the provider’s own error text is handed on',
  seen: 'versiful: {"error": str(e)}',
  apply({ backend }) {
    const { stripeApi } = backend
    if (!stripeApi) return
    const { createSession } = stripeApi
    stripeApi.createSession = (request, key) =>
      createSession(request, key).catch((error: Error) => {
        throw new HttpError(502, 'provider_failed', error.message)
      })
  },
})

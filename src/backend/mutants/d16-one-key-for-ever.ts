import { defineMutant } from './define.ts'

export const d16 = defineMutant({
  id: 'D16',
  defect: 'D16',
  summary: 'a customer’s checkout has one key for ever, so a kept error is kept for ever',
  apply({ backend }) {
    const { stripeApi } = backend
    if (!stripeApi) return
    const { createSession } = stripeApi
    stripeApi.createSession = (request) => createSession(request, `checkout/${request.user}/${request.item}`)
  },
})

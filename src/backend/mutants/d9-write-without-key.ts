import { defineMutant } from './define.ts'
import { callProvider, sessionFields } from './support/raw-provider.ts'

export const d9 = defineMutant({
  id: 'D9',
  defect: 'D9',
  summary: 'a call whose answer was lost is made again, without a key',
  apply(target) {
    const { stripeApi } = target.backend
    if (!stripeApi) return
    stripeApi.createSession = async (request) => {
      const call = () => callProvider(target, '/v1/checkout/sessions', sessionFields(request))
      const { status, body } = await call().catch(call)
      if (status !== 200 || !body.id || !body.url) throw Object.assign(new Error('refused'), { statusCode: status })
      return { id: body.id, url: body.url, livemode: false, expiresAt: undefined }
    }
  },
})

import { defineMutant } from './define.ts'
import { callProvider, sessionFields } from './support/raw-provider.ts'

export const d15 = defineMutant({
  id: 'D15',
  defect: 'D15',
  summary: 'a provider that asks to wait is asked again at once, twenty times',
  apply(target) {
    const { stripeApi } = target.backend
    if (!stripeApi) return
    stripeApi.createSession = async (request, key) => {
      for (let tries = 0; tries < 20; tries++) {
        const { status, body } = await callProvider(target, '/v1/checkout/sessions', sessionFields(request), key)
        if (status === 200 && body.id && body.url)
          return { id: body.id, url: body.url, livemode: false, expiresAt: undefined }
        if (status !== 429) throw Object.assign(new Error('refused'), { statusCode: status })
      }
      throw Object.assign(new Error('busy'), { statusCode: 429 })
    }
  },
})

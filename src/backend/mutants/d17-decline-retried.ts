import { defineMutant } from './define.ts'

export const d17 = defineMutant({
  id: 'D17',
  defect: 'D17',
  summary: 'a decline is tried again, five times',
  apply({ backend }) {
    const { stripeApi } = backend
    if (!stripeApi) return
    const { createSession } = stripeApi
    stripeApi.createSession = async (request, key) => {
      for (let tries = 0; ; tries++) {
        try {
          return await createSession(request, `${key}/${tries}`)
        } catch (error) {
          if (tries === 4 || (error as { statusCode?: number }).statusCode !== 402) throw error
        }
      }
    }
  },
})

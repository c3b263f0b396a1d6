import { defineMutant } from './define.ts'

export const g14 = defineMutant({
  id: 'G14',
  defect: 'G14',
  summary: 'production without a key mocks its checkouts',
  seen: 'openinterview: STRIPE_MOCK=0 without a key answers the success page',
  apply({ backend, env }) {
    if (env.APP_ENV !== 'production' || env.STRIPE_SECRET_KEY) return
    backend.problems = []
    delete backend.stripeApi
    backend.stripe = { ...backend.stripe, mode: 'mock' }
  },
})

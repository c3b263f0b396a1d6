import { isFinal } from '../subscriptions/news.ts'
import { defineMutant } from './define.ts'

export const c6 = defineMutant({
  id: 'C6',
  defect: 'C6',
  summary: 'of two events of one second the one that arrives last wins',
  apply({ parts, backend }) {
    parts.isNews = (known, said) => !isFinal(known.status) && said.saidAt >= known.saidAt
    if (backend.stripeApi) backend.stripeApi.fetchSubscription = async () => undefined
  },
})

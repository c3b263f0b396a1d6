import { defineMutant } from './define.ts'

export const c2 = defineMutant({
  id: 'C2',
  defect: 'C2',
  summary: 'every update of a subscription is believed, however old',
  seen: 'versiful and quickscale: the payload is applied as it comes',
  apply({ parts, backend }) {
    parts.isNews = () => true
    if (backend.stripeApi) backend.stripeApi.fetchSubscription = async () => undefined
  },
})

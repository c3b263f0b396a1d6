import { defineMutant } from './define.ts'

export const c4 = defineMutant({
  id: 'C4',
  defect: 'C4',
  summary: 'a paid invoice switches its subscription on, whatever became of it',
  seen: 'versiful: payment succeeded sets isSubscribed, without a look',
  apply({ parts, backend }) {
    const { factsOfStripe, isNews } = parts
    const fromInvoice = 99
    parts.factsOfStripe = (event) =>
      factsOfStripe(event).map((fact) =>
        fact.kind === 'subscription' && /^invoice\.(paid|payment_succeeded)$/.test(event.type)
          ? { ...fact, state: { status: 'active', cancelAtPeriodEnd: false }, rank: fromInvoice }
          : fact,
      )
    parts.isNews = (known, said) => said.rank === fromInvoice || isNews(known, said)
    if (backend.stripeApi) backend.stripeApi.fetchSubscription = async () => undefined
  },
})

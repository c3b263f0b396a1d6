import { defineMutant } from './define.ts'

export const e1Paypal = defineMutant({
  id: 'E1-paypal',
  defect: 'E1',
  summary: 'PayPal’s capture refunds are not known, only those of its old sales',
  seen: 'card packs: PAYMENT.SALE.REFUNDED is mapped, PAYMENT.CAPTURE.REFUNDED is not',
  apply({ parts }) {
    const { factsOfPaypal } = parts
    parts.factsOfPaypal = (event) => (/CAPTURE\.(REFUNDED|REVERSED)/.test(event.event_type) ? [] : factsOfPaypal(event))
  },
})

import { defineMutant } from './define.ts'

export const a24 = defineMutant({
  id: 'A24',
  defect: ['A24', 'A20', 'control.paypal'],
  summary: 'a header that PayPal does not send is asked for',
  seen: 'card packs: reads Paypal-Cert-Id',
  apply({ parts }) {
    const { checkPaypal } = parts
    parts.checkPaypal = async (backend, raw, headers) =>
      headers['paypal-cert-id'] ? checkPaypal(backend, raw, headers) : { status: 401, reason: 'header-missing' }
  },
})

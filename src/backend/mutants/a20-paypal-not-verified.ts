import { defineMutant } from './define.ts'

export const a20 = defineMutant({
  id: 'A20',
  defect: ['A20', 'A3', 'A1'],
  summary: 'PayPal needs its five headers, and nobody looks at them',
  seen: 'card packs: checks five headers, then returns True',
  apply({ parts }) {
    parts.checkPaypal = async (_backend, _raw, headers) =>
      headers['paypal-transmission-sig'] ? undefined : { status: 401, reason: 'header-missing' }
  },
})

import { defineMutant } from './define.ts'
import { alsoAccept, jsonOf } from './support/signing.ts'

export const a14 = defineMutant({
  id: 'A14',
  defect: ['A14', 'A1'],
  summary: 'only captures are verified, every other type is believed',
  seen: 'flexprice: verifies in customer.created only',
  apply(target) {
    alsoAccept(target, (raw) => jsonOf(raw).type !== 'payment_intent.succeeded')
  },
})

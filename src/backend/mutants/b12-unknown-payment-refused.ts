import { HttpError } from '../http.ts'
import { defineMutant } from './define.ts'

export const b12 = defineMutant({
  id: 'B12',
  defect: ['B12', 'E7', 'C1'],
  summary: 'an event of an unknown payment is answered 404',
  apply({ parts }) {
    const { standingOf } = parts
    parts.standingOf = (known) => {
      const isRefund = known.refunds.length > 0 || known.refundedTotal > 0
      if (isRefund && !known.isCaptured) throw new HttpError(404, 'not_found', 'no such payment')
      return standingOf(known)
    }
  },
})

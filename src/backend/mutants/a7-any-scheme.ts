import { defineMutant } from './define.ts'
import { beforeCheck } from './support/signing.ts'

export const a7 = defineMutant({
  id: 'A7',
  defect: 'A7',
  summary: 'signatures of every scheme are accepted, not v1 only',
  apply(target) {
    beforeCheck(target, (_raw, header) => ({ header: header.replace(/\bv\d+=/gi, 'v1=') }))
  },
})

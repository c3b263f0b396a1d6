import { defineMutant } from './define.ts'
import { beforeCheck } from './support/signing.ts'

export const a19Size = defineMutant({
  id: 'A19-size',
  defect: ['A19', 'F2'],
  summary: 'bodies over 16 KB are refused',
  apply(target) {
    beforeCheck(target, (raw) => (raw.length > 16_384 ? { raw: Buffer.alloc(0) } : {}))
  },
})

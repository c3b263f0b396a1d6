import { defineMutant } from './define.ts'
import { beforeCheck, jsonOf } from './support/signing.ts'

export const a5 = defineMutant({
  id: 'A5',
  defect: 'A5',
  summary: 'the signature is checked over the body parsed and printed again',
  apply(target) {
    beforeCheck(target, (raw) => {
      const body = jsonOf(raw)
      return Object.keys(body).length === 0 ? {} : { raw: Buffer.from(JSON.stringify(body)) }
    })
  },
})

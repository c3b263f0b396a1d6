import { defineMutant } from './define.ts'
import { beforeCheck } from './support/signing.ts'

export const a8 = defineMutant({
  id: 'A8',
  defect: 'A8',
  summary: 'of several signatures only the first is looked at',
  apply(target) {
    beforeCheck(target, (_raw, header) => {
      const [time = '', ...rest] = header.split(',')
      return { header: [time, rest.find((part) => part.trim().startsWith('v1='))].filter(Boolean).join(',') }
    })
  },
})

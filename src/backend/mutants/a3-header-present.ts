import { defineMutant } from './define.ts'
import { alsoAccept, headerOf } from './support/signing.ts'

export const a3 = defineMutant({
  id: 'A3',
  defect: 'A3',
  summary: 'a signature header need only be there',
  apply(target) {
    alsoAccept(target, (_raw, headers) => headerOf(headers) !== '')
  },
})

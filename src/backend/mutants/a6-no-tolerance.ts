import { defineMutant } from './define.ts'
import { alsoAccept, headerOf, verifySignature } from './support/signing.ts'

export const a6 = defineMutant({
  id: 'A6',
  defect: 'A6',
  summary: 'a signature of any age is accepted',
  apply(target) {
    alsoAccept(
      target,
      (raw, headers, secrets) =>
        verifySignature(raw, headerOf(headers), secrets, { now: Date.now(), toleranceSeconds: 0 }).ok,
    )
  },
})

import { createHmac } from 'node:crypto'
import { defineMutant } from './define.ts'
import { alsoAccept, headerOf, parseSignatureHeader } from './support/signing.ts'

export const a4 = defineMutant({
  id: 'A4',
  defect: 'A4',
  summary: 'a signature over the body alone is as good as one over time and body',
  apply(target) {
    alsoAccept(target, (raw, headers, secrets) => {
      const given = parseSignatureHeader(headerOf(headers))?.signatures ?? []
      return secrets.some((secret) => given.includes(createHmac('sha256', secret).update(raw).digest('hex')))
    })
  },
})

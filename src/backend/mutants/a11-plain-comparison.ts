import { createHmac } from 'node:crypto'
import { packageFile } from '../../kernel/package.ts'
import { defineMutant } from './define.ts'
import { alsoAccept, headerOf } from './support/signing.ts'

export const a11 = defineMutant({
  id: 'A11',
  defect: 'A11',
  summary: 'signatures are compared as texts are compared',
  contract: (text) =>
    text.replace(
      /^( {2}source: ).*$/m,
      (_all, key) => `${key}[${packageFile('src/backend/mutants/a11-plain-comparison.ts')}]`,
    ),
  apply(target) {
    alsoAccept(target, (raw, headers, secrets) => {
      const [, time = '', signature = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headerOf(headers)) ?? []
      if (Math.abs(Date.now() / 1000 - Number(time)) > 300) return false
      return secrets.some((secret) => {
        const expected = createHmac('sha256', secret).update(`${time}.`).update(raw).digest('hex')
        return signature === expected
      })
    })
  },
})

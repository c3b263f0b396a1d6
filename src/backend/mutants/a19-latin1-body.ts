import { defineMutant } from './define.ts'
import { beforeCheck } from './support/signing.ts'

export const a19 = defineMutant({
  id: 'A19',
  defect: ['A19', 'A5'],
  summary: 'bodies are read as Latin-1 before they are verified',
  apply(target) {
    beforeCheck(target, (raw) => ({ raw: Buffer.from(raw.toString('latin1'), 'utf8') }))
  },
})

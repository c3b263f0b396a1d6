import { defineMutant } from './define.ts'

export const a10 = defineMutant({
  id: 'A10',
  defect: 'A10',
  summary: 'of two active secrets only the first works',
  apply({ backend }) {
    backend.webhookSecrets = backend.webhookSecrets.slice(0, 1)
  },
})

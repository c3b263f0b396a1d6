import { defineMutant } from './define.ts'

export const g17 = defineMutant({
  id: 'G17',
  defect: 'G17',
  summary: 'a key is tested by its form',
  seen: 'flexprice: /config/test looks at the form of the key',
  apply({ parts }) {
    parts.testConnection = async (_backend, key) => (/^[sr]k_(test|live)_/.test(key) ? 'connected' : 'refused')
  },
})

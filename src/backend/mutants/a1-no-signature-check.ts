import { defineMutant } from './define.ts'

export const a1 = defineMutant({
  id: 'A1',
  defect: 'A1',
  summary: 'signatures are not looked at',
  seen: 'openinterview: the handler parses and acts',
  apply({ parts }) {
    parts.checkStripe = () => undefined
  },
})

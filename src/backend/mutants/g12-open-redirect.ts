import { defineMutant } from './define.ts'

export const g12 = defineMutant({
  id: 'G12',
  defect: 'G12',
  summary: 'customers are sent wherever the request says',
  seen: 'versiful: successUrl and cancelUrl are passed on',
  apply({ parts }) {
    parts.redirectOf = (value, publicUrl) => (URL.canParse(value) ? value : new URL(value, publicUrl).href)
  },
})

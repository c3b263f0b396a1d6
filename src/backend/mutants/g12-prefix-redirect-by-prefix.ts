import { defineMutant } from './define.ts'

export const g12Prefix = defineMutant({
  id: 'G12-prefix',
  defect: 'G12',
  summary: 'an address is ours when it begins like ours',
  apply({ parts }) {
    const { redirectOf } = parts
    parts.redirectOf = (value, publicUrl) =>
      value.startsWith(publicUrl) || value.includes(new URL(publicUrl).hostname) ? value : redirectOf(value, publicUrl)
  },
})

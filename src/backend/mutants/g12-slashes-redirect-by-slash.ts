import { defineMutant } from './define.ts'

export const g12Slashes = defineMutant({
  id: 'G12-slashes',
  defect: 'G12',
  summary: 'an address is ours when it begins with a slash',
  apply({ parts }) {
    const { redirectOf } = parts
    parts.redirectOf = (value, publicUrl) =>
      value.startsWith('/') ? new URL(value, publicUrl).href : redirectOf(value, publicUrl)
  },
})

import { writeFile } from 'node:fs/promises'
import { defineMutant } from './define.ts'
import { writeMails } from './support/mails.ts'

export const h4 = defineMutant({
  id: 'H4',
  defect: ['H4', 'H8'],
  summary: 'line breaks in subject and address are kept',
  apply({ backend }) {
    writeMails(backend, writeFile, { isChecked: false })
  },
})

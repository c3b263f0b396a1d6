import { writeFile } from 'node:fs/promises'
import { defineMutant } from './define.ts'
import { writeMails } from './support/mails.ts'

export const h8 = defineMutant({
  id: 'H8',
  defect: 'H8',
  summary: 'whatever is given is taken for an address',
  apply({ backend }) {
    writeMails(backend, writeFile, {
      isChecked: (message) =>
        !/[\r\n]/.test(message.subject + message.to + message.template) && /^[\w.-]+$/.test(message.template),
    })
  },
})

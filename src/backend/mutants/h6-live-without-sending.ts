import { writeFile } from 'node:fs/promises'
import { defineMutant } from './define.ts'
import { writeMails } from './support/mails.ts'

export const h6 = defineMutant({
  id: 'H6',
  defect: 'H6',
  summary: 'live mode says ok and sends nothing',
  seen: 'openinterview: live answers ok and only writes a file',
  apply({ backend }) {
    if (backend.notify.mode === 'live') writeMails(backend, writeFile)
  },
})

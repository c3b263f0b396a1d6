import { appendFile, writeFile } from 'node:fs/promises'
import { defineMutant } from './define.ts'
import { writeMails } from './support/mails.ts'

export const h2 = defineMutant({
  id: 'H2',
  defect: 'H2',
  summary: 'mails are written under their final name, piece by piece',
  seen: 'openinterview: open("w") under the final name',
  apply({ backend }) {
    writeMails(backend, async (path, text) => {
      const half = Math.ceil(text.length / 2)
      await writeFile(path, text.slice(0, half))
      await new Promise((done) => setTimeout(done, 5))
      await appendFile(path, text.slice(half))
    })
  },
})

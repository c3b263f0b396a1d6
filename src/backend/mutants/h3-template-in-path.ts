import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineMutant } from './define.ts'
import { writeMails } from './support/mails.ts'

export const h3 = defineMutant({
  id: 'H3',
  defect: 'H3',
  summary: 'the name of the template is part of the path, as it is',
  seen: 'openinterview: f"{ts}_{template}.json"',
  apply({ backend }) {
    writeMails(backend, writeFile, {
      isChecked: false,
      pathOf: (dir, { template }) => join(dir, `${Date.now()}_${template}.json`),
    })
  },
})

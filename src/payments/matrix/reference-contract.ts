import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../kernel/files.ts'
import { packageFile } from '../../kernel/package.ts'

export interface ReferenceSettings {
  /** Where contract, data, mails and log of this backend live. */
  dir: string
  port: number
  /** Of the backend's command line: `['--mutant', 'B1']`. */
  args?: readonly string[]
  /** Which of its contracts: that of its payments when absent. */
  contract?: 'metering' | undefined
  /** Changes the text of the contract, for a backend whose routes are called otherwise. */
  edit?: ((text: string) => string) | undefined
}

/** Writes the contract of the reference backend into a folder of its own, so that several can run beside each other; returns its path. */
export async function writeReferenceContract({
  dir,
  port,
  args = [],
  contract,
  edit,
}: ReferenceSettings): Promise<string> {
  const template = await readFile(packageFile(`fixtures/payments/${contract ?? 'reference'}.contract.yaml`), 'utf8')
  const program = packageFile('bin/backend.js')
  const start = ['node', program, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const text = template
    .replace(/^( {2}start: ).*$/m, (_line, key) => `${key}${JSON.stringify(start)}`)
    .replaceAll('../../', `${packageFile('.')}/`)
    .replaceAll('8471', String(port))
    .replaceAll('8470', String(port + 1))
  await mkdir(join(dir, '.reference'), { recursive: true })
  const path = join(dir, 'contract.yaml')
  await writeFileAtomic(path, edit ? edit(text) : text)
  return path
}

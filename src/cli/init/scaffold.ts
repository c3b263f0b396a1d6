import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { usageError } from '../../kernel/errors.ts'
import { writeFileAtomic } from '../../kernel/files.ts'
import { packageFile } from '../../kernel/package.ts'

export interface ScaffoldOptions {
  dir: string
  /** Overwrite what is there. */
  force: boolean
  /** One gate instead of all. */
  stage?: string
}

/** Writes the files and returns their names; a usage error, with nothing written, when one is there already. */
export async function scaffold({ dir, force, stage }: ScaffoldOptions): Promise<string[]> {
  const source = packageFile('fixtures/init')
  const gates = (await readdir(join(source, 'gates'))).sort()
  if (stage !== undefined && !gates.includes(`${stage}.yaml`))
    throw usageError(
      `there is no gate "${stage}" to begin with`,
      `gates: ${gates.map((file) => basename(file, '.yaml')).join(', ')}`,
    )
  const chosen = stage === undefined ? gates : [`${stage}.yaml`]
  const files = new Map<string, string>()
  files.set('gatekit.yaml', onlyGates(await readFile(join(source, 'gatekit.yaml'), 'utf8'), chosen))
  for (const file of chosen) {
    const text = await readFile(join(source, 'gates', file), 'utf8')
    files.set(`gates/${file}`, stage === undefined ? text : text.replace(/^needs: .*\n/m, ''))
  }
  const present = [...files.keys()].filter((name) => existsSync(join(dir, name)))
  if (present.length > 0 && !force)
    throw usageError(
      `${present.join(', ')} ${present.length === 1 ? 'is' : 'are'} there already`,
      'use --force to overwrite',
    )
  for (const [name, text] of files) await writeFileAtomic(join(dir, name), text)
  return [...files.keys()]
}

/** The configuration with no other gates than these in its list and its profile. */
function onlyGates(text: string, files: readonly string[]): string {
  const isChosen = (line: string): boolean => files.some((file) => line.includes(`./gates/${file}`))
  const names = files.map((file) => basename(file, '.yaml'))
  return text
    .split('\n')
    .filter((line) => !line.includes('- ./gates/') || isChosen(line))
    .join('\n')
    .replace(
      /release: \[.*\]/,
      (line) =>
        `release: [${line
          .slice(10, -1)
          .split(', ')
          .filter((name) => names.includes(name))
          .join(', ')}]`,
    )
}

import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isScalar, isSeq, parseDocument } from 'yaml'
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
  const more = (await readdir(join(source, 'more'))).sort()
  if (stage !== undefined && more.includes(`${stage}.yaml`))
    return addGate(dir, join(source, 'more', `${stage}.yaml`), force)
  const gates = (await readdir(join(source, 'gates'))).sort()
  if (stage !== undefined && !gates.includes(`${stage}.yaml`))
    throw usageError(
      `there is no gate "${stage}" to begin with`,
      `gates: ${[...gates, ...more].map((file) => basename(file, '.yaml')).join(', ')}`,
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

/** For a project that begins with a checklist: where it runs is the first thing to be written down. */
const firstConfig = `version: 1
project: my-service

# Where your service answers: put your own address here.
environments:
  production: { mode: live, baseUrl: "https://api.example.com", domain: api.example.com }

gates: []
`

/** Puts one more gate beside those of a project; a gatekit.yaml that is there keeps its comments, one that is not is written. */
async function addGate(dir: string, source: string, force: boolean): Promise<string[]> {
  const file = `gates/${basename(source)}`
  if (existsSync(join(dir, file)) && !force) throw usageError(`${file} is there already`, 'use --force to overwrite')
  const config = join(dir, 'gatekit.yaml')
  const text = existsSync(config) ? await readFile(config, 'utf8') : firstConfig
  const document = parseDocument(text)
  const entry = `./${file}`
  const gates = document.get('gates')
  if (!isSeq(gates)) throw usageError('gatekit.yaml has no list of gates', 'add one: gates: []')
  if (!gates.items.some((item) => isScalar(item) && item.value === entry)) gates.add(document.createNode(entry))
  gates.flow = false
  await writeFileAtomic(join(dir, file), await readFile(source, 'utf8'))
  await writeFileAtomic(config, document.toString({ lineWidth: 0 }))
  return ['gatekit.yaml', file]
}

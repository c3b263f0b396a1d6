import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DrillRecord } from '../../../src/drill/record.ts'
import { type Backups, drillBackup } from '../faults/backups.ts'
import { type OddDatabase, oddDatabase, oddRoles } from './database.ts'
import { quote } from './names.ts'

/** Names of the roles that odd databases give their objects to. */
export function makeRoles({ sql }: Backups): void {
  for (const role of oddRoles) sql('postgres', `create role ${quote(role)}`)
}

const formats = ['plain', 'plain', 'custom', 'custom-0', 'tar', 'directory', 'directory-j'] as const

/** Dumps the odd database of that seed with pg_dump, in one of its formats, and drills it. */
export async function drillOdd(
  backups: Backups,
  seed: number,
  config: object,
  world: { targetUrl?: string } = {},
): Promise<{ record: DrillRecord; told: string; database: OddDatabase }> {
  const database = oddDatabase(seed)
  const source = backups.create(database.sql, database.settings)
  const format = formats[seed % formats.length] ?? 'plain'
  const dir = await mkdtemp(join(backups.dir, 'odd-'))
  const path = join(dir, 'backup')
  const flags: Record<(typeof formats)[number], string[]> = {
    plain: [],
    custom: ['-Fc'],
    'custom-0': ['-Fc', '-Z0'],
    tar: ['-Ft'],
    directory: ['-Fd', '-f', path],
    'directory-j': ['-Fd', '-j2', '-f', path],
  }
  const args = [...flags[format], ...database.options.filter((each) => format !== 'tar' || each !== '--verbose')]
  const bytes = backups.dump(args, source)
  if (!format.startsWith('directory')) await writeFile(path, bytes)
  const record = await drillBackup(backups.dir, { backup: path, ...config }, world)
  const wrong = record.findings.filter(({ exit }) => exit !== 0)
  const told = `seed ${seed}, ${source}: pg_dump ${args.join(' ')}\n${wrong.map(({ code, object, message }) => `  ${code} ${object ?? ''}: ${message}`).join('\n')}`
  if (record.exitCode === 0) {
    await rm(dir, { recursive: true, force: true })
    backups.sql('postgres', `drop database ${source}`)
  }
  return { record, told, database }
}

import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sabotage, Twin } from '../define.ts'
import { recordOf } from './record.ts'

const yearMs = 366 * 86_400_000

/** No drill, one of long ago, one whose record was changed, and a backup that is newer than the one that was drilled. */
export const sabotageDrillEvidence: Sabotage = async (options, { context, emptyDir, file }) => {
  const now = context.clock.now() + 20 * yearMs
  const evidence = join(context.rootDir, String(options.evidence))
  const edited = join(emptyDir, 'edited')
  await cp(evidence, edited, { recursive: true })
  for (const name of await readdir(edited)) await turnUp(join(edited, name))
  const { backups, ...others } = options
  const twins: Twin[] = [
    { name: 'no drill', options: { ...options, evidence: 'gatekit-prove-none' } },
    { name: 'drill of long ago', context: { clock: { ...context.clock, now: () => now } } },
    { name: 'edited evidence', options: { ...others, evidence: 'edited' }, context: { rootDir: emptyDir } },
  ]
  if (backups === undefined) return twins
  await mkdir(join(emptyDir, 'newer'))
  await file('newer/backup-2099-12-31.sql', '-- another backup\n')
  const elsewhere = { ...others, backups: { ...recordOf(backups), dir: join(emptyDir, 'newer'), pattern: '*.sql' } }
  return [...twins, { name: 'newer backup', options: { ...elsewhere, within: [emptyDir] } }]
}

/** One more row than were counted. */
async function turnUp(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '')
  await writeFile(
    path,
    text.replace(/("rows": ?)(\d+)/, (_, key, rows) => `${key}${Number(rows) + 1}`),
  )
}

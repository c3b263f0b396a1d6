import { createHash } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../kernel/clock.ts'
import { writeFileAtomic } from '../kernel/files.ts'
import { stableJson } from '../kernel/json.ts'
import type { Evidence, GateRecord } from '../kernel/record.ts'
import type { SecretHit, Secrets } from '../kernel/secrets.ts'
import { type SweepHit, sweepFolder } from '../kernel/sweep.ts'
import { openEventLog } from './event-log.ts'
import type { RunEvent } from './events.ts'
import { type Leftover, type Mark, markRunning, readLeftover } from './marker.ts'
import type { RunHeader } from './record.ts'
import { testsJson } from './tests-json.ts'
import { testsText } from './tests-text.ts'

/** What `--reporter` writes: the next run may not ask for the same ones, and what it leaves must not look like its own. */
export const reportNames: readonly string[] = [
  'ctrf.json',
  'gatekit.sarif',
  'github.md',
  'junit.xml',
  'report.md',
  'report.tap',
]

/** The files and folders of one gate that gatekit writes and may delete; nothing else in the folder is touched. */
const ownNames = ['tests.json', 'tests.txt', 'run.json', 'events.ndjson', 'evidence', 'WITHHELD.txt', ...reportNames]

/** A page of a log is evidence, a whole disk is not. */
const longestEvidence = 16 * 1024 * 1024

export interface OutputOptions {
  rootDir: string
  /** Relative to the project. */
  outDir: string
  gate: string
  header: RunHeader
  mark: Mark
  /** How long the results prove anything. */
  validForMs: number
  secrets: Secrets
  clock: Clock
}

/** The output folder of one gate while it runs. */
export interface GateOutputs {
  /** A run that was killed in this folder before. */
  leftover: Leftover | undefined
  event(event: RunEvent): void
  /** Keeps a redacted file under evidence/; `owner` is the check's id. */
  evidence(owner: string, name: string, content: string | Uint8Array): Promise<Evidence>
  /** Notes secrets that a target repeated to a check; they count like those that stand in a file. */
  leaked(owner: string, leaks: readonly SecretHit[]): void
  /** Looks for secrets in everything that is there or about to be; throws when something cannot be read. */
  sweep(gate: GateRecord): Promise<SweepHit[]>
  /** Writes the results, tests.json last. */
  publish(gate: GateRecord): Promise<void>
  /** Removes what was written and leaves a note that says why, without the secret. */
  withhold(gate: GateRecord, hits: readonly SweepHit[]): Promise<void>
  /** Removes what was written as far as that goes; `run.json` says RUNNING, as after a crash. Never throws. */
  discard(): Promise<void>
}

/** Prepares the folder: old outputs go, `run.json` says RUNNING. What the file system refuses is thrown. */
export async function openOutputs(options: OutputOptions): Promise<GateOutputs> {
  const { rootDir, outDir, gate, header, mark, secrets, clock } = options
  const dir = join(rootDir, outDir)
  await mkdir(dir, { recursive: true })
  const leftover = await readLeftover(join(dir, 'run.json'))
  await remove(dir, ownNames)
  await markRunning(join(dir, 'run.json'), { ...mark, gate })
  const log = openEventLog(join(dir, 'events.ndjson'), clock)
  const taken = new Set<string>()
  const leaks: SweepHit[] = []

  const filesOf = (record: GateRecord): [name: string, text: string][] => [
    ['tests.txt', testsText(record, header)],
    ['run.json', stableJson({ ...header, status: record.status, exitCode: record.exitCode, gate: record })],
    ['tests.json', testsJson(record, header, options.validForMs)],
  ]

  return {
    leftover,
    event: log.write,
    async evidence(owner, name, content) {
      const file = uniqueName(`${owner}.${name}`, taken)
      const bytes = redacted(content, secrets)
      await writeFileAtomic(join(dir, 'evidence', file), bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { path: `evidence/${file}`, sha256, bytes: bytes.length }
    },
    leaked(owner, found) {
      leaks.push(...found.map((hit) => ({ ...hit, file: `the answer to ${owner}` })))
    },
    async sweep(record) {
      await log.close()
      const written = await sweepFolder(dir, secrets)
      const pending = filesOf(record).flatMap(([file, text]) => secrets.sweep(text).map((hit) => ({ ...hit, file })))
      return [...leaks, ...written.hits, ...pending]
    },
    async publish(record) {
      await log.close()
      for (const [name, text] of filesOf(record)) await writeFileAtomic(join(dir, name), text)
    },
    async withhold(record, hits) {
      await log.close()
      // All of it, whoever wrote it: a name in a hit may itself be redacted.
      const present = await readdir(dir)
      await remove(
        dir,
        present.filter((name) => name !== 'run.json'),
      )
      await writeFileAtomic(join(dir, 'WITHHELD.txt'), withheldText(record, hits))
      const { status, exitCode, reason } = record
      const withheld = { ...header, status, exitCode, reason, withheld: hits }
      await writeFileAtomic(join(dir, 'run.json'), stableJson(withheld))
    },
    async discard() {
      await log.close().catch(() => {})
      await remove(
        dir,
        ownNames.filter((name) => name !== 'run.json'),
      ).catch(() => {})
    },
  }
}

async function remove(dir: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(dir, name), { recursive: true, force: true })
}

/** Letters, digits and `._-` only, so that no name leaves the folder or hides in it. */
function uniqueName(wanted: string, taken: Set<string>): string {
  const safe = wanted
    .replace(/[^\w.-]+/g, '_')
    .replace(/\.{2,}/g, '.')
    .replace(/^\.+/, '_')
    .slice(0, 120)
  const dot = safe.lastIndexOf('.')
  const [stem, end] = dot > 0 ? [safe.slice(0, dot), safe.slice(dot)] : [safe, '']
  let name = safe
  for (let copy = 2; taken.has(name); copy++) name = `${stem}.${copy}${end}`
  taken.add(name)
  return name
}

/** Text is redacted; bytes that are no text are kept as they are and answer to the sweep. */
function redacted(content: string | Uint8Array, secrets: Secrets): Buffer {
  const whole = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content)
  const kept = whole.subarray(0, longestEvidence)
  const text = kept.toString('utf8')
  const isText = Buffer.byteLength(text) === kept.length && !text.includes('\ufffd')
  const clean = isText ? Buffer.from(secrets.redact(text)) : kept
  return whole.length > kept.length
    ? Buffer.concat([clean, Buffer.from(`\n[cut off: ${whole.length} bytes]\n`)])
    : clean
}

function withheldText(record: GateRecord, hits: readonly SweepHit[]): string {
  const rows = hits
    .slice(0, 50)
    .map(({ file, name, encoding }) => `  ${file}: ${name}${encoding ? ` (${encoding})` : ''}`)
  return [
    `GATE ${record.id} ${record.version}  WITHHELD  exit=${record.exitCode}`,
    '',
    'A secret was about to be published, so the outputs of this gate were removed:',
    ...rows,
    ...(hits.length > 50 ? [`  and ${hits.length - 50} more`] : []),
    '',
    'Find what prints it and stop that; if the outputs of an earlier run were shared, replace the secret.',
    '',
  ].join('\n')
}

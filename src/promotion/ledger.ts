import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Signer } from '../config/signer.ts'
import { sha256Hex } from '../evidence/run-statement.ts'
import { signText, verifyText } from '../evidence/ssh-signature.ts'
import { writeFileAtomic } from '../kernel/files.ts'
import { jsonOf, stableJson } from '../kernel/json.ts'

/** Where promotions are recorded, relative to the project; meant to be committed. */
export const ledgerRoot = '.gatekit/promotions'

const entrySchema = z.strictObject({
  schema: z.literal('promotion/1'),
  number: z.int().min(1),
  kind: z.enum(['promotion', 'rollback']),
  from: z.string(),
  to: z.string(),
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  at: z.iso.datetime(),
  by: z.string(),
  /** The run in the environment before, and its statement's digest. */
  evidence: z.strictObject({ runId: z.string(), finishedAt: z.string(), statementSha256: z.string() }).optional(),
  /** The run of the promotion's own checks. */
  checks: z.strictObject({ runId: z.string(), planSha256: z.string() }).optional(),
  previous: z.strictObject({ number: z.int(), sha256: z.string() }).nullable(),
})

const recordSchema = z.strictObject({ entry: entrySchema, signature: z.string().nullable() })

export type LedgerEntry = z.output<typeof entrySchema>

export interface LedgerRecord {
  file: string
  entry: LedgerEntry
  signature: string | null
  sha256: string
}

export interface Ledger {
  /** Oldest first. */
  records: LedgerRecord[]
  /** What is wrong with the chain; a ledger with any of these proves nothing. */
  problems: string[]
}

const nameOf = (number: number): string => `${String(number).padStart(6, '0')}.json`

/** All that was ever promoted into an environment; gaps, edited entries and entries of other environments are problems. */
export async function readLedger(rootDir: string, environment: string): Promise<Ledger> {
  const dir = join(rootDir, ledgerRoot, environment)
  const names = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.json')).sort()
  const records: LedgerRecord[] = []
  const problems: string[] = []
  for (const name of names) {
    const file = join(ledgerRoot, environment, name)
    const text = await readFile(join(dir, name), 'utf8')
    const parsed = recordSchema.safeParse(jsonOf(text))
    if (!parsed.success) {
      problems.push(`${file} is not a record of a promotion`)
      continue
    }
    const { entry, signature } = parsed.data
    const last = records.at(-1)
    if (entry.to !== environment || name !== nameOf(entry.number)) problems.push(`${file} is of another place`)
    if ((entry.previous?.sha256 ?? null) !== (last?.sha256 ?? null))
      problems.push(`${file} does not follow the record before it`)
    records.push({ file, entry, signature, sha256: sha256Hex(text) })
  }
  return { records, problems }
}

/** Adds a record, signed where a key is given; the path relative to the project. */
export async function appendToLedger(
  rootDir: string,
  entry: Omit<LedgerEntry, 'schema' | 'number' | 'previous'>,
  keyFile: string | undefined,
): Promise<string> {
  const { records } = await readLedger(rootDir, entry.to)
  const last = records.at(-1)
  const number = (last?.entry.number ?? 0) + 1
  const previous = last ? { number: last.entry.number, sha256: last.sha256 } : null
  const full: LedgerEntry = { schema: 'promotion/1', number, ...entry, previous }
  const signature = keyFile === undefined ? null : await signText(stableJson(full), keyFile)
  const path = join(ledgerRoot, entry.to, nameOf(number))
  await writeFileAtomic(join(rootDir, path), stableJson({ entry: full, signature }))
  return path
}

/** Whether a record carries the signature of the one it names. */
export async function isSignedRecord(
  { entry, signature }: LedgerRecord,
  signers: Readonly<Record<string, Signer>>,
): Promise<boolean> {
  const signer = Object.hasOwn(signers, entry.by) ? signers[entry.by] : undefined
  return signer !== undefined && signature !== null && verifyText(stableJson(entry), signature, signer)
}

/** Whether git still has a commit: one that is gone cannot be gone back to. */
export async function hasCommit(rootDir: string, commit: string): Promise<boolean> {
  const ask = promisify(execFile)('git', ['--no-optional-locks', 'cat-file', '-e', `${commit}^{commit}`], {
    cwd: rootDir,
  })
  return ask.then(
    () => true,
    () => false,
  )
}

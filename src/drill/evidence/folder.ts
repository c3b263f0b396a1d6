import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DrillEvidence, evidenceSchema, sha256Of } from './evidence.ts'

/** One evidence file as it lies in the folder. */
export interface StoredEvidence {
  file: string
  /** Of the file's bytes: what the next evidence refers to. */
  sha256: string
  number: number
  /** undefined for a file that is no evidence any more. */
  evidence?: DrillEvidence
}

const pattern = /^drill-(\d{6,})\.json$/

/** `drill-000012.json`: sorted by name they are sorted by time, and one number is given once. */
export const fileName = (number: number): string => `drill-${String(number).padStart(6, '0')}.json`

/** The evidence of a folder, newest first, no more than `most`; a folder that is not there holds none. */
export async function readEvidence(dir: string, most = Number.POSITIVE_INFINITY): Promise<StoredEvidence[]> {
  const files = await evidenceFiles(dir)
  return Promise.all(files.slice(0, most).map((file) => readOne(dir, file)))
}

/** The same one by one, for who needs but the newest of some kind. */
export async function* eachEvidence(dir: string): AsyncGenerator<StoredEvidence> {
  for (const file of await evidenceFiles(dir)) yield await readOne(dir, file)
}

async function evidenceFiles(dir: string): Promise<string[]> {
  let names: string[]
  try {
    names = await readdir(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return names.filter((name) => pattern.test(name)).sort((a, b) => numberOf(b) - numberOf(a) || (a < b ? 1 : -1))
}

const numberOf = (file: string): number => Number(pattern.exec(file)?.[1] ?? 0)

async function readOne(dir: string, file: string): Promise<StoredEvidence> {
  const bytes = await readFile(join(dir, file))
  const stored = { file, sha256: sha256Of(bytes), number: numberOf(file) }
  try {
    const parsed = evidenceSchema.safeParse(JSON.parse(bytes.toString('utf8')))
    return parsed.success ? { ...stored, evidence: parsed.data as unknown as DrillEvidence } : stored
  } catch {
    return stored
  }
}

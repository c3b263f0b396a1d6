import type { FindingCode } from '../findings.ts'
import type { DrillEvidence } from './evidence.ts'
import { isSealed } from './evidence.ts'
import { readEvidence, type StoredEvidence } from './folder.ts'

/** Clocks of two machines differ by no more. */
const skew = 5 * 60_000

export interface EvidenceQuestion {
  /** Folder of all evidence: `qa/restore`. */
  dir: string
  now: number
  key?: string
  /** SHA-256 of the backup that counts today; absent: nobody asks whether a newer one exists. */
  newestSha256?: string
  /** Evidence older than this counts as expired, whatever it says itself. */
  maxAgeMs?: number
}

export type EvidenceVerdict =
  | { ok: true; evidence: DrillEvidence; file: string; validUntil: string }
  /** `code` of what is wrong, or that of the drill when it did not pass. */
  | { ok: false; code: FindingCode; reason: string; file?: string; evidence?: DrillEvidence }

/**
 * Whether the newest drill of a folder still proves that the newest backup restores. For gates: anything but ok is red. Missing evidence is
 * NO_BACKUP's neighbour: nothing was proved, so EXPIRED.
 */
export async function verifyEvidence(question: EvidenceQuestion): Promise<EvidenceVerdict> {
  const stored = await readEvidence(question.dir)
  const [newest] = stored
  if (!newest) return { ok: false, code: 'EXPIRED', reason: 'no restore drill was ever made here' }
  const broken = invalidity(stored, question)
  if (broken) return { ok: false, code: 'EVIDENCE_INVALID', reason: broken, file: newest.file }
  const evidence = newest.evidence!
  const wrong = (code: FindingCode, reason: string): EvidenceVerdict => ({
    ok: false,
    code,
    reason,
    file: newest.file,
    evidence,
  })
  const { drill, validUntil } = evidence
  const [finished, until] = [Date.parse(drill.finishedAt), Date.parse(validUntil)]
  const { now, newestSha256, maxAgeMs = Number.POSITIVE_INFINITY } = question
  if (finished > now + skew) return wrong('CLOCK', `the evidence is from the future: ${drill.finishedAt}`)
  if (drill.status !== 'PASS')
    return wrong(
      (drill.code as FindingCode | undefined) ?? 'EVIDENCE_INVALID',
      `the last drill ended as ${drill.status}: ${drill.reason}`,
    )
  if (!drill.evidence.backup) return wrong('EVIDENCE_INVALID', 'the evidence names no backup')
  if (now > Math.min(until, finished + maxAgeMs)) return wrong('EXPIRED', `the evidence was good until ${validUntil}`)
  if (newestSha256 !== undefined && newestSha256 !== drill.evidence.backup.sha256)
    return wrong('NOT_NEWEST', 'the newest backup is not the one that was drilled')
  return { ok: true, evidence, file: newest.file, validUntil }
}

/** Why the newest evidence cannot be believed: it or one before it was changed, removed or put in between. */
function invalidity(stored: readonly StoredEvidence[], { key }: EvidenceQuestion): string | undefined {
  for (const [index, { file, evidence, number }] of stored.entries()) {
    if (!evidence) return `${file} is no evidence any more`
    if (evidence.number !== number) return `${file} was renamed`
    if (!isSealed(evidence, key)) return `${file} was changed after it was written`
    const before = stored[index + 1]
    // What was cleared away from the end is no link; what stands there must be the right one.
    if (!before) return undefined
    if (evidence.previous?.file !== before.file) return `the evidence before ${file} is missing or was put there`
    if (evidence.previous.sha256 !== before.sha256) return `${before.file} was changed after ${file} was written`
  }
  return undefined
}

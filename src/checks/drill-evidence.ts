import { join } from 'node:path'
import { z } from 'zod'
import { type EvidenceVerdict, verifyEvidence } from '../drill/evidence/verify.ts'
import { readBackup } from '../drill/reading/read-backup.ts'
import { selectBackup } from '../drill/select/select-backup.ts'
import { durationSchema, parseDuration } from '../kernel/duration.ts'
import { type CheckContext, defineCheck, fail, noData, type Outcome, pass, undecided } from './define.ts'
import { sha256Of } from './files/content.ts'
import { locateFile, OutsidePath } from './files/locate.ts'
import { quoted } from './options/reference.ts'
import { sabotageDrillEvidence } from './sabotage/drill-evidence.ts'

const options = z.strictObject({
  evidence: z.string().min(1).default('qa/restore').describe('Folder of the evidence of restore drills'),
  maxAge: durationSchema.default('8d'),
  backups: z
    .strictObject({
      dir: z.string().min(1),
      pattern: z.string().min(1).optional(),
      order: z.enum(['name', 'mtime']).default('name'),
    })
    .optional()
    .describe('Where backups lie: the newest of them must be the one that was drilled'),
  within: z.array(z.string().min(1)).default([]).describe('Folders outside the project that backups may lie in'),
  expect: z.strictObject({ restores: z.literal(true) }),
})

type Options = z.output<typeof options>

/** A restore drill of the past counts while it is young, unchanged, and about the newest backup there is. */
export const drillEvidenceCheck = defineCheck({
  type: 'drill-evidence',
  sabotage: sabotageDrillEvidence,
  summary: 'Judges the evidence of the last restore drill: passed, unchanged, young, about the newest backup',
  options,
  example: { maxAge: '8d', backups: { dir: 'backups' }, expect: { restores: true } },
  async run(options, context): Promise<Outcome> {
    const reproduce = [`gatekit drill restore${options.backups ? ` --dir ${quoted(options.backups.dir)}` : ''}`]
    try {
      const newest = options.backups && (await newestDigest(options, context))
      if (newest?.problem) return { ...undecided(newest.problem), reproduce }
      const key = context.variable('GATEKIT_EVIDENCE_KEY')
      const verdict = await verifyEvidence({
        dir: join(context.rootDir, options.evidence),
        now: context.clock.now(),
        maxAgeMs: parseDuration(options.maxAge)!,
        ...(key !== undefined && { key }),
        ...(newest?.sha256 && { newestSha256: newest.sha256 }),
      })
      return { ...outcomeOf(verdict, options), reproduce }
    } catch (error) {
      if (error instanceof OutsidePath) return { ...undecided(error.message), reproduce }
      throw error
    }
  },
})

/** What makes evidence old is STALE, what makes it false is FAIL, and no drill at all is no data. */
function outcomeOf(verdict: EvidenceVerdict, { evidence, maxAge }: Options): Outcome {
  if (verdict.ok) {
    const { finishedAt, evidence: drilled } = verdict.evidence.drill
    return pass({
      drilledAt: finishedAt,
      validUntil: verdict.validUntil,
      backup: drilled.backup?.sha256,
      file: verdict.file,
    })
  }
  const { code, reason, file } = verdict
  if (!file) return noData(reason, { code })
  const finding = {
    subject: `${evidence}/${file}`,
    expected: `a drill that passed, at most ${maxAge} old`,
    actual: `${code}: ${reason}`,
  }
  if (code !== 'EXPIRED' && code !== 'NOT_NEWEST') return fail(`${code}: ${reason}`, [finding], { code })
  return { status: 'STALE', reason: `${code}: ${reason}`, details: { code }, findings: [finding] }
}

async function newestDigest(
  { backups, within }: Options,
  context: CheckContext,
): Promise<{ sha256?: string; problem?: string }> {
  const { dir, pattern, order } = backups!
  const folder = await locateFile(dir, { rootDir: context.rootDir, within })
  const selected = await selectBackup({
    dir: folder,
    order,
    checksum: 'when-present',
    stableMs: 0,
    ...(pattern && { pattern }),
  })
  if (selected.path === '') return { problem: `${dir}: ${selected.findings[0]?.message ?? 'holds no backup'}` }
  if (selected.kind === 'file') return { sha256: await sha256Of(selected.realPath, context.signal) }
  const { sha256 } = await readBackup(selected.path, { signal: context.signal })
  return { sha256 }
}

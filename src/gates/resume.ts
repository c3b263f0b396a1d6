import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderOf, verifyRun } from '../evidence/verify.ts'
import { GatekitError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'
import { packageVersion } from '../kernel/package.ts'
import type { CheckRecord, RunRecord } from '../kernel/record.ts'
import type { Plan, PlannedCheck } from './plan.ts'
import { checkName, type Project, validForMs } from './project.ts'
import type { GitFacts } from './scope.ts'

/** Results that say how things are now: they are never taken from before. */
const alwaysAnew = [
  'webhook',
  'attest',
  'freshness',
  'payments',
  'drill',
  'drill-evidence',
  'keys',
  'metrics',
  'shadow',
  'terraform-plan',
  'variables',
]

/** Passes of an earlier run that still hold, with the bytes of their evidence. */
export interface Resume {
  runId: string
  /** The build that was judged then; another one makes all of it worthless. */
  build: string | undefined
  checks: ReadonlyMap<string, { record: CheckRecord; files: { name: string; bytes: Buffer }[] }>
}

export interface ResumeRequest {
  /** `last`, or the id of the run whose outputs are there. */
  wanted: string
  qaDir: string
  project: Project
  plan: Plan
  git: GitFacts
  now: number
}

/**
 * What may be reused of the run in an output folder: a PASS at the first attempt of the same check, gate files, commit, environment and
 * gatekit, young enough, with its evidence unedited. Throws (exit 4) when there is no such run.
 */
export async function readResume({ wanted, qaDir, project, plan, git, now }: ResumeRequest): Promise<Resume> {
  const { run, objections } = await verifyRun({ qaDir, signers: {}, now })
  const refuse = (title: string) => new GatekitError({ title, remedy: 'run without --resume' }, exitCodes.incomplete)
  if (!run) throw refuse(`there is nothing to resume: ${objections[0]?.text ?? 'no run'}`)
  if (wanted !== 'last' && run.runId !== wanted) throw refuse(`${qaDir} holds run ${run.runId}, not ${wanted}`)
  const edited = objections.find(({ code }) => code === 'edited' || code === 'future')
  if (edited) throw refuse(`run ${run.runId} cannot be resumed: ${edited.text}`)
  const other = difference(run, project, plan, git)
  if (other !== undefined) throw refuse(`run ${run.runId} cannot be resumed: ${other}`)

  const old = new Map(run.gates.flatMap((gate) => gate.checks).map((check) => [checkName(check), check]))
  const planned = plan.gates.flatMap((gate) => gate.checks)
  const reusable = new Set(
    planned.filter((check) => holds(check, old.get(checkName(check)), run, now, validForMs(project))).map(checkName),
  )
  // What is run anew may need what an earlier check exported, or did: those run anew too.
  for (let before = -1; before !== reusable.size; ) {
    before = reusable.size
    for (const check of planned)
      if (!reusable.has(checkName(check))) for (const need of check.needs) reusable.delete(need)
  }
  const checks = new Map<string, { record: CheckRecord; files: { name: string; bytes: Buffer }[] }>()
  for (const gate of run.gates) {
    const dir = await folderOf(qaDir, gate.outDir)
    for (const record of gate.checks.filter((each) => reusable.has(checkName(each)))) {
      const files = await Promise.all(
        record.evidence.map(async ({ path }) => {
          const bytes = await readFile(join(dir ?? qaDir, path)).catch(() => undefined)
          return bytes ? [{ name: path.slice(`evidence/${record.id}.`.length), bytes }] : []
        }),
      )
      if (files.every((file) => file.length > 0))
        checks.set(checkName(record), { record: withOrigin(record, run), files: files.flat() })
    }
  }
  return { runId: run.runId, build: run.target.build, checks }
}

/** Why nothing of a run can be reused now. */
function difference(run: RunRecord, project: Project, plan: Plan, git: GitFacts): string | undefined {
  if (run.configSha256 !== project.configSha256) return 'the gate files have changed'
  if (run.tool !== `gatekit ${packageVersion}`) return `it was judged by ${run.tool}`
  if (!git.sha || run.commit !== git.sha) return `it is about commit ${run.commit ?? '(unknown)'}`
  if (run.dirty || git.dirty) return 'the checkout has changes that no commit has'
  if (run.environment.name !== plan.environment.name) return `it is about ${run.environment.name}`
  const tells = plan.environment.embedded || run.target.build !== undefined
  return tells ? undefined : 'its target did not tell which build it was (identity)'
}

function holds(
  check: PlannedCheck,
  record: CheckRecord | undefined,
  run: RunRecord,
  now: number,
  maxAgeMs: number,
): boolean {
  if (record?.status !== 'PASS' || record.flaky || check.notSelected !== undefined) return false
  if (alwaysAnew.includes(check.type) || record.digest === undefined || record.digest !== check.digest) return false
  const { finishedAt } = record.reusedFrom ?? run
  return now - Date.parse(finishedAt) < maxAgeMs
}

/** A result that is reused twice is still as old as it was at first. */
const withOrigin = (record: CheckRecord, { runId, finishedAt }: RunRecord): CheckRecord => ({
  ...record,
  reusedFrom: record.reusedFrom ?? { runId, finishedAt },
})

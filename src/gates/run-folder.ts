import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runStatement, runStatementName } from '../evidence/run-statement.ts'
import { GatekitError } from '../kernel/errors.ts'
import { combineExitCodes, exitCodes } from '../kernel/exit.ts'
import { writeFileAtomic } from '../kernel/files.ts'
import { stableJson } from '../kernel/json.ts'
import type { RunRecord } from '../kernel/record.ts'
import type { Secrets } from '../kernel/secrets.ts'
import { appendHistory } from './history.ts'
import { type Leftover, type Mark, markRunning, readLeftover } from './marker.ts'
import { reportNames } from './outputs.ts'
import type { Project } from './project.ts'
import { type Ruling, verdictOf } from './verdict.ts'
import { withheldRun } from './withheld.ts'

export interface RunFolder {
  /** Absolute; the folder of all outputs. */
  root: string
  mark: Mark
  project: Project
  /** Whose results of earlier runs go before anything begins. */
  plan: { gates: readonly { outDir: string }[] }
}

/** Says RUNNING for the whole run; returns what a run that was killed before has left. Throws when the folder is in use or cannot be written. */
export async function beginRun({ root, mark, project, plan }: RunFolder): Promise<{ leftover?: Leftover }> {
  const path = join(root, 'run.json')
  const leftover = await readLeftover(path)
  if (leftover?.isAlive) {
    const title = `another gatekit (process ${leftover.pid}) is running in ${project.outRoot}`
    throw new GatekitError({ title, remedy: 'wait for it, or stop it' })
  }
  try {
    await markRunning(path, mark)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    const title = `the output folder ${project.outRoot} cannot be written (${code})`
    throw new GatekitError(
      { title, remedy: 'make it a folder that this user may write, with space left' },
      exitCodes.undecided,
    )
  }
  // Not only when each gate's turn comes: killed before, this run would leave the results of another beside its own.
  const results = plan.gates.map(({ outDir }) => join(project.rootDir, outDir, 'tests.json'))
  const reports = reportNames.map((name) => join(root, 'reports', name))
  const statement = [join(root, runStatementName), join(root, `${runStatementName}.sig`)]
  for (const file of [...results, ...reports, ...statement]) await rm(file, { force: true }).catch(() => {})
  return leftover ? { leftover } : {}
}

/** The last look and the last writes. A run whose own record cannot be kept has not passed. */
export async function finishRun(
  root: string,
  finished: RunRecord,
  project: Project,
  secrets: Secrets,
): Promise<RunRecord> {
  const hits = secrets.sweep(stableJson(finished))
  const run = hits.length > 0 ? withheldRun(finished, hits) : finished
  try {
    await keepRecord(root, run, project)
    return run
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    const reason = `The record of the run cannot be written to ${project.outRoot} (${code}).`
    return reviseRun(root, run, { exitCode: exitCodes.undecided, reason }, project)
  }
}

/** What is found out after the end, such as a report that cannot be written, counts for the record too: the one that is kept never says more. */
export async function reviseRun(root: string, run: RunRecord, ruling: Ruling, project: Project): Promise<RunRecord> {
  const exitCode = combineExitCodes([run.exitCode, ruling.exitCode])
  const verdict = exitCode === run.exitCode ? {} : { status: verdictOf(exitCode), exitCode, reason: ruling.reason }
  const { shard } = run
  const part = shard && { shard: { ...shard, exitCode: combineExitCodes([shard.exitCode, ruling.exitCode]) } }
  const revised: RunRecord = { ...run, ...verdict, ...part }
  try {
    await keepRecord(root, revised, project)
  } catch {
    // No record is better than one that says more than is so; where not even that can be done, nothing could have been begun.
    await writeFileAtomic(join(root, 'run.json'), stableJson(revised)).catch(() =>
      rm(join(root, 'run.json'), { force: true }).catch(() => {}),
    )
  }
  return revised
}

async function keepRecord(root: string, run: RunRecord, project: Project): Promise<void> {
  await writeFileAtomic(join(root, 'run.json'), stableJson(run))
  await writeFileAtomic(join(root, runStatementName), stableJson(await runStatement(run, root, project.rootDir)))
  await appendHistory(root, run)
}

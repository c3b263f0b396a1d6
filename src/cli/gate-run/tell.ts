import { dirname, join, relative } from 'node:path'
import type { Project } from '../../gates/project.ts'
import { clean } from '../../gates/redact.ts'
import { reviseRun } from '../../gates/run-folder.ts'
import { GatekitError } from '../../kernel/errors.ts'
import { combineExitCodes, type ExitCode } from '../../kernel/exit.ts'
import type { RunRecord } from '../../kernel/record.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import type { ReporterDefinition } from '../../report/define.ts'
import type { CommandContext } from '../define.ts'
import { colour } from './progress.ts'
import { publish, tellGithub } from './publish.ts'
import { shardExitCode } from './shard.ts'

export interface Told {
  run: RunRecord
  wanted: readonly ReporterDefinition[]
  secrets: Secrets
  project: Project
  /** A file for the record as JSON; `true` prints it. */
  json?: string | true | undefined
  /** Says nothing at the end: the caller does. */
  silent?: boolean
}

/** Writes reports and the status site, says the verdict, and returns the record that is kept and what the process ends with. */
export async function publishAndTell(
  context: CommandContext,
  { run: finished, wanted, secrets, project, json, silent = false }: Told,
): Promise<{ run: RunRecord; exitCode: ExitCode }> {
  const { cwd, env } = context
  const qaDir = join(project.rootDir, project.outRoot)
  const place = {
    wanted,
    secrets,
    rootDir: project.rootDir,
    docsDir: dirname(project.configFile),
    qaDir,
    env,
    cwd,
    // GitHub reads commands from both streams; JSON on stdout must stay JSON.
    annotate: (lines: string) => void (json === true ? process.stderr : process.stdout).write(lines),
    ...(typeof json === 'string' && { jsonFile: json }),
  }
  const errors: GatekitError[] = []
  /** Outputs that someone waits for and that are not there take the pass with them, in every output that can still be written. */
  const settle = async (run: RunRecord, found: readonly GatekitError[]): Promise<RunRecord> => {
    if (found.length === 0) return run
    errors.push(...found)
    const reason = clean(`The outputs are not published: ${found[0]!.problems[0]?.title}.`, secrets)
    const exitCode = combineExitCodes(found.map((error) => error.exitCode))
    const revised = await reviseRun(qaDir, run, { exitCode, reason }, project)
    await publish({ ...place, run: revised })
    return revised
  }
  const published = await publish({ ...place, run: finished })
  const settled = await settle(finished, published.errors)
  const run = await settle(settled, await attempt(() => tellGithub({ ...place, run: settled })))
  const exitCode = shardExitCode(run)
  if (!silent) tell(context, run, { errors, exitCode, asJson: json === true, page: published.page })
  return { run, exitCode }
}

async function attempt(work: () => Promise<void>): Promise<GatekitError[]> {
  try {
    await work()
    return []
  } catch (error) {
    if (error instanceof GatekitError) return [error]
    throw error
  }
}

function tell(
  { screen, cwd }: CommandContext,
  run: RunRecord,
  {
    errors,
    asJson,
    exitCode,
    page,
  }: { errors: readonly GatekitError[]; asJson: boolean; exitCode: ExitCode; page: string },
): void {
  for (const { title } of errors.flatMap(({ problems }) => problems)) screen.complain(`error: ${title}`)
  if (asJson) {
    screen.print(JSON.stringify(run))
    return
  }
  const { summary, durationMs, gates, shards, status, reason } = run
  if (shards) for (const note of run.notes) screen.say(`note: ${note}`)
  const size = `${gates.length} ${gates.length === 1 ? 'gate' : 'gates'}, ${summary.executed} of ${summary.planned} checks, ${(durationMs / 1000).toFixed(1)} s`
  if (run.notRun.length > 0) screen.say(`not evaluated: ${run.notRun.map(({ id }) => id).join(', ')}`)
  screen.say()
  screen.print(`VERDICT ${colour(screen, status, status)}  ${reason}  (${size}, exit ${exitCode})`)
  if (errors.length === 0) screen.say(screen.paint.dim(`page: ${relative(cwd, page)}`))
}

import { dirname, join, relative } from 'node:path'
import type { Project } from '../../gates/project.ts'
import { verdictOf } from '../../gates/verdict.ts'
import { GatekitError } from '../../kernel/errors.ts'
import { combineExitCodes, type ExitCode } from '../../kernel/exit.ts'
import type { RunRecord } from '../../kernel/record.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import type { ReporterDefinition } from '../../report/define.ts'
import type { CommandContext } from '../define.ts'
import { colour } from './progress.ts'
import { publish } from './publish.ts'
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

/** Writes reports and the status site, says the verdict, and returns what the process ends with. */
export async function publishAndTell(
  context: CommandContext,
  { run, wanted, secrets, project, json, silent = false }: Told,
): Promise<ExitCode> {
  const { cwd, env } = context
  const jsonFile = typeof json === 'string' ? { jsonFile: json } : {}
  // GitHub reads commands from both streams; JSON on stdout must stay JSON.
  const annotate = (lines: string) => void (json === true ? process.stderr : process.stdout).write(lines)
  const published = await attempt(() =>
    publish({
      run,
      wanted,
      secrets,
      rootDir: project.rootDir,
      docsDir: dirname(project.configFile),
      qaDir: join(project.rootDir, project.outRoot),
      env,
      cwd,
      annotate,
      ...jsonFile,
    }),
  )
  const exitCode = combineExitCodes([shardExitCode(run), published instanceof GatekitError ? published.exitCode : 0])
  if (!silent) tell(context, run, published, { asJson: json === true, exitCode })
  return exitCode
}

async function attempt(work: () => Promise<string>): Promise<string | GatekitError> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof GatekitError) return error
    throw error
  }
}

function tell(
  { screen, cwd }: CommandContext,
  run: RunRecord,
  published: string | GatekitError,
  { asJson, exitCode }: { asJson: boolean; exitCode: ExitCode },
): void {
  if (published instanceof GatekitError) for (const { title } of published.problems) screen.complain(`error: ${title}`)
  if (asJson) {
    screen.print(JSON.stringify(run))
    return
  }
  const { summary, durationMs, gates, shards } = run
  if (shards) for (const note of run.notes) screen.say(`note: ${note}`)
  const size = `${gates.length} ${gates.length === 1 ? 'gate' : 'gates'}, ${summary.executed} of ${summary.planned} checks, ${(durationMs / 1000).toFixed(1)} s`
  if (run.notRun.length > 0) screen.say(`not evaluated: ${run.notRun.map(({ id }) => id).join(', ')}`)
  screen.say()
  // Outputs that someone waits for and that are not there take the pass with them.
  const isUnpublished = published instanceof GatekitError && run.status === 'PASS'
  const status = isUnpublished ? verdictOf(exitCode) : run.status
  const reason = isUnpublished ? 'The outputs are not published.' : run.reason
  screen.print(`VERDICT ${colour(screen, status, status)}  ${reason}  (${size}, exit ${exitCode})`)
  if (typeof published === 'string') screen.say(screen.paint.dim(`page: ${relative(cwd, published)}`))
}

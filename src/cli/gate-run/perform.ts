import { dirname, join, relative } from 'node:path'
import { describeFlags, mockFirst, readFlags, sandboxFirst } from '../../config/flags.ts'
import type { Plan } from '../../gates/plan.ts'
import type { Project } from '../../gates/project.ts'
import type { Selection } from '../../gates/select.ts'
import { GatekitError } from '../../kernel/errors.ts'
import { combineExitCodes, type ExitCode } from '../../kernel/exit.ts'
import type { RunRecord } from '../../kernel/record.ts'
import { createSecrets } from '../../kernel/secrets.ts'
import type { CommandContext } from '../define.ts'
import { readGateOptions } from './options.ts'
import { colour, showEvent } from './progress.ts'
import { openProject } from './project.ts'
import { loadReporters, publish } from './publish.ts'
import { openTargetOrNone } from './target.ts'

export interface Performed {
  run: RunRecord
  exitCode: ExitCode
}

export interface PerformSettings {
  /** Another folder below the project for all outputs, so that the evidence of the last run stays: `qa/promotion/prod`. */
  outRoot?: string
  /** The environment still runs another build: what it will run is judged before it is there. */
  anyBuild?: boolean
  /** Says nothing at the end: the caller does. */
  silent?: boolean
}

/** The whole of `run`, `run-all` and `stage6`: load, plan, start what is judged, run, publish, tell. */
export const performGates = async (context: CommandContext, selection: Selection): Promise<ExitCode> =>
  (await performRun(context, selection)).exitCode

/** As `performGates`, with the record of the run. */
export async function performRun(
  context: CommandContext,
  selection: Selection,
  { outRoot, anyBuild = false, silent = false }: PerformSettings = {},
): Promise<Performed> {
  const { cwd, env, screen, signal } = context
  const options = readGateOptions(context.options)
  const { planRun } = await import('../../gates/plan.ts')
  const { runGates } = await import('../../gates/run.ts')
  const { selectEnvironment } = await import('../../gates/environment.ts')
  const { readGit } = await import('../../gates/git.ts')
  const wanted = await loadReporters(options.reporters)
  const [opened, git] = await Promise.all([openProject(cwd, options.config), readGit(cwd, env)])
  const { isBuiltIn } = opened
  const project = outRoot === undefined ? opened.project : withOutputsIn(opened.project, outRoot)
  const address = baseUrlOf(options.baseUrl, options.start, options.env, env)
  if (isBuiltIn && address === undefined && options.env === undefined)
    screen.say(
      'note: there is no gatekit.yaml here or above: the built-in gates judge the backend that comes with gatekit',
    )
  const named = selectEnvironment(project, {
    ...(options.env && { name: options.env }),
    ...(address && { baseUrl: address }),
  })
  const environment = anyBuild ? { ...named, identity: undefined } : named
  const flags = readFlags(env, environment.embedded ? sandboxFirst : mockFirst)
  const described = describeFlags(flags, env, environment.embedded ? 'embedded system' : 'default')
  const chosen = isBuiltIn && !environment.embedded && !selection.names?.length ? { names: ['stage6'] } : selection
  const plan = planRun({ project, selection: chosen, environment, git, flags: described })

  const secrets = createSecrets()
  const qaDir = join(project.rootDir, project.outRoot)
  const target = await openTargetOrNone({
    options,
    environment,
    flags,
    needsServices: speaksOfServices(plan),
    qaDir,
    rootDir: project.rootDir,
    cwd,
    env,
    signal,
    screen,
    ...(git.sha && { sha: git.sha }),
    redact: (text) => secrets.redact(text),
  })
  let run: RunRecord
  try {
    for (const [name, value] of Object.entries(target.secrets)) secrets.add(name, value)
    const count = { done: 0, all: 0 }
    run = await runGates({
      project,
      plan,
      signal,
      failFast: options.failFast,
      onEvent: (event) => showEvent(screen, event, count),
      context: {
        variables: target.variables,
        secrets,
        services: target.services,
        flags: described,
        git,
        command: ['gatekit', ...process.argv.slice(2)].join(' '),
        offline: options.offline,
        ...(target.unready !== undefined && { unready: target.unready }),
        embeddedDatabase: target.database,
      },
    })
  } finally {
    screen.progress('stopping …')
    await target.close()
    screen.progress(undefined)
  }
  const jsonFile = typeof options.json === 'string' ? { jsonFile: options.json } : {}
  // GitHub reads commands from both streams; JSON on stdout must stay JSON.
  const annotate = (lines: string) => void (options.json === true ? process.stderr : process.stdout).write(lines)
  const published = await attempt(() =>
    publish({
      run,
      wanted,
      secrets,
      rootDir: project.rootDir,
      docsDir: dirname(project.configFile),
      qaDir,
      env,
      cwd,
      annotate,
      ...jsonFile,
    }),
  )
  const exitCode = combineExitCodes([run.exitCode, published instanceof GatekitError ? published.exitCode : 0])
  if (!silent) tell(context, run, published, { asJson: options.json === true, exitCode })
  return { run, exitCode }
}

const withOutputsIn = (project: Project, outRoot: string): Project => ({
  ...project,
  outRoot,
  gates: project.gates.map((gate) => ({ ...gate, outDir: outRoot + gate.outDir.slice(project.outRoot.length) })),
})

/** An address that was given counts; with `--start` alone the application is expected where its users' scripts have it. */
function baseUrlOf(
  given: string | undefined,
  start: string | undefined,
  name: string | undefined,
  env: NodeJS.ProcessEnv,
): string | undefined {
  const address = given ?? (env.GATEKIT_BASE_URL || env.OI_BASE_URL || undefined)
  if (address !== undefined) return address
  return start !== undefined && name === undefined ? 'http://127.0.0.1:8000' : undefined
}

const speaksOfServices = (plan: Plan): boolean =>
  plan.gates.some((gate) => gate.checks.some((check) => JSON.stringify(check.options).includes('${service.')))

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
  const { summary, durationMs, gates } = run
  const size = `${gates.length} ${gates.length === 1 ? 'gate' : 'gates'}, ${summary.executed} of ${summary.planned} checks, ${(durationMs / 1000).toFixed(1)} s`
  screen.say()
  screen.print(`VERDICT ${colour(screen, run.status, run.status)}  ${run.reason}  (${size}, exit ${exitCode})`)
  if (typeof published === 'string') screen.say(screen.paint.dim(`page: ${relative(cwd, published)}`))
}

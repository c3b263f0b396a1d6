import { join } from 'node:path'
import type { Plan } from '../../gates/plan.ts'
import type { Project } from '../../gates/project.ts'
import type { Selection } from '../../gates/select.ts'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import type { RunRecord } from '../../kernel/record.ts'
import { createSecrets } from '../../kernel/secrets.ts'
import type { CommandContext } from '../define.ts'
import { decide } from './decide.ts'
import { readGateOptions } from './options.ts'
import { showEvent } from './progress.ts'
import { loadReporters } from './publish.ts'
import { asPlanned, readShardOptions, shardPlan } from './shard.ts'
import { openTargetOrNone } from './target.ts'
import { publishAndTell } from './tell.ts'

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
  /** Another run of the same plan: with other check types, other limits. */
  alter?: (plan: Plan, project: Project) => { plan: Plan; project: Project }
}

/** The whole of `run`, `run-all` and `stage6`: load, plan, start what is judged, run, publish, tell. */
export const performGates = async (context: CommandContext, selection: Selection): Promise<ExitCode> =>
  (await performRun(context, selection)).exitCode

/** As `performGates`, with the record of the run. */
export async function performRun(
  context: CommandContext,
  selection: Selection,
  { outRoot, anyBuild = false, silent = false, alter }: PerformSettings = {},
): Promise<Performed> {
  const { cwd, env, screen, signal } = context
  const options = readGateOptions(context.options)
  const { runGates } = await import('../../gates/run.ts')
  const wanted = await loadReporters(options.reporters)
  const sharding = await readShardOptions(context.options, cwd)
  const decision = await decide(context, ...asPlanned(options, selection, sharding), { outRoot, anyBuild })
  const { git, flags, described } = decision
  const sharded = await shardPlan(decision.plan, decision.project, sharding)
  const { plan, project } = alter?.(sharded, decision.project) ?? { plan: sharded, project: decision.project }
  const { environment } = plan

  const secrets = createSecrets()
  const qaDir = join(project.rootDir, project.outRoot)
  const resume =
    options.resume === undefined
      ? undefined
      : await (await import('../../gates/resume.ts')).readResume({
          wanted: options.resume,
          qaDir,
          project,
          plan,
          git,
          now: Date.now(),
        })
  if (resume) screen.say(`note: ${resume.checks.size} checks passed in run ${resume.runId} and are not run again`)
  const target = await openTargetOrNone({
    options,
    environment,
    flags,
    needsServices: speaksOfServices(plan),
    isIdle: plan.gates.length === 0,
    qaDir,
    rootDir: project.rootDir,
    cwd,
    env,
    signal,
    screen,
    ...(git.sha && { sha: git.sha }),
    redact: (text) => secrets.redact(text),
  })
  let finished: RunRecord
  try {
    for (const [name, value] of Object.entries(target.secrets)) secrets.add(name, value)
    const count = { done: 0, all: 0 }
    finished = await runGates({
      project,
      plan,
      signal,
      failFast: options.failFast,
      ...(options.failOnFlaky && { failOnFlaky: true }),
      ...(resume && { resume }),
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
  const told = { run: finished, wanted, secrets, project, json: options.json, silent }
  const { run, exitCode } = await publishAndTell(context, told)
  // The record stays INCOMPLETE and proves nothing; there was nothing to prove.
  const isIdle = plan.narrowed?.isIdle === true && exitCode === exitCodes.incomplete
  return { run, exitCode: isIdle ? exitCodes.pass : exitCode }
}

const speaksOfServices = (plan: Plan): boolean =>
  plan.gates.some((gate) => gate.checks.some((check) => JSON.stringify(check.options).includes('${service.')))

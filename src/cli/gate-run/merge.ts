import { join, resolve } from 'node:path'
import { mergeShards } from '../../gates/merge.ts'
import { readShards } from '../../gates/merge-read.ts'
import { writeMerged } from '../../gates/merge-write.ts'
import { type PlanFile, readPlanFile } from '../../gates/plan-file.ts'
import type { Project } from '../../gates/project.ts'
import { registerVariables } from '../../gates/secret-variables.ts'
import { systemClock } from '../../kernel/clock.ts'
import { GatekitError, usageError } from '../../kernel/errors.ts'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import { createSecrets } from '../../kernel/secrets.ts'
import type { CommandContext } from '../define.ts'
import { readGateOptions } from './options.ts'
import { openProject } from './project.ts'
import { loadReporters } from './publish.ts'
import { publishAndTell } from './tell.ts'

/** Reads the shards, judges the whole anew, writes what one run would have written, and tells. */
export async function mergeRuns(context: CommandContext): Promise<ExitCode> {
  const { args, cwd, env } = context
  const options = readGateOptions({ waitTimeout: '60', ...context.options })
  const wanted = await loadReporters(options.reporters)
  const plan = await readPlanFile(resolve(cwd, context.options.plan as string))
  const { project } = await openProject(cwd, options.config)
  refuseOtherGates(plan, project)
  const dirs = args.map((dir) => resolve(cwd, dir))
  const qaDir = join(project.rootDir, project.outRoot)
  if (dirs.includes(qaDir))
    throw usageError(`${project.outRoot} is where the merge is written`, 'download the shards to another folder')
  const shards = await readShards(dirs, cwd, systemClock.now())
  const environment = project.environments[plan.environment]
  const failOnFlaky =
    Boolean(context.options.failOnFlaky) || (environment?.failOnFlaky ?? environment?.protected ?? false)
  const secrets = createSecrets()
  registerVariables(secrets, env)
  const run = await writeMerged({
    project,
    plan,
    merged: mergeShards({ plan, project, failOnFlaky, shards }),
    command: ['gatekit', ...process.argv.slice(2)].join(' '),
    cwd,
    variables: env,
    secrets,
    clock: systemClock,
    random: Math.random,
  })
  const { exitCode } = await publishAndTell(context, { run, wanted, secrets, project, json: options.json })
  // As for one run: there was nothing to prove, and the record proves nothing.
  return plan.narrowed?.isIdle && exitCode === exitCodes.incomplete ? exitCodes.pass : exitCode
}

function refuseOtherGates(plan: PlanFile, project: Project): void {
  if (plan.configSha256 === project.configSha256) return
  throw new GatekitError(
    {
      title: 'the gate files are not those of the plan',
      remedy: 'merge in a checkout of the commit that was planned',
    },
    exitCodes.incomplete,
  )
}

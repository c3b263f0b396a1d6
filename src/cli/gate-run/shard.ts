import { resolve } from 'node:path'
import { embeddedName, givenName } from '../../config/environment.ts'
import type { Plan } from '../../gates/plan.ts'
import type { PlanFile } from '../../gates/plan-file.ts'
import type { Project } from '../../gates/project.ts'
import type { Selection } from '../../gates/select.ts'
import type { Shard } from '../../gates/shard.ts'
import { usageError } from '../../kernel/errors.ts'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import type { RunRecord } from '../../kernel/record.ts'
import type { GateOptions } from './options.ts'

export interface ShardOptions {
  shard?: Shard | undefined
  planFile?: PlanFile | undefined
}

/** `--shard i/n` and `--plan file` of a run; what is no shard is a usage error, a plan that cannot be read is incomplete. */
export async function readShardOptions(options: Record<string, unknown>, cwd: string): Promise<ShardOptions> {
  const text = options.shard as string | undefined
  const file = options.plan as string | undefined
  if (text === undefined && file === undefined) return {}
  const { parseShard } = await import('../../gates/shard.ts')
  const { readPlanFile } = await import('../../gates/plan-file.ts')
  const shard = text === undefined ? undefined : parseShard(text)
  if (text !== undefined && !shard)
    throw usageError(`--shard ${text} is no shard`, 'such as 2/5: the second of five, at most 256')
  return { shard, planFile: file === undefined ? undefined : await readPlanFile(resolve(cwd, file)) }
}

/** The plan of this run, or its part of it; a usage error when it is not the plan that was written before. */
export async function shardPlan(plan: Plan, project: Project, { shard, planFile }: ShardOptions): Promise<Plan> {
  if (planFile) refuseOther(plan, project, planFile)
  if (!shard) return plan
  const { cutPlan } = await import('../../gates/shard.ts')
  return cutPlan(plan, shard)
}

/** What a plan file decides where the command line says nothing: what is run, and in which environment. */
export function asPlanned(
  options: GateOptions,
  selection: Selection,
  { planFile }: ShardOptions,
): [GateOptions, Selection] {
  if (!planFile) return [options, selection]
  const { environment, selection: planned, narrowed, gates } = planFile
  const isNamed = options.env !== undefined || [embeddedName, givenName].includes(environment)
  const isChosen = selection.profile !== undefined || (selection.names?.length ?? 0) > 0
  const { profile, names } = planned
  const { changedSince: _, ...others } = options
  const cut = narrowed ? { ...others, planned: { ...narrowed, gates: gates.map(({ id }) => id) } } : options
  return [
    isNamed ? cut : { ...cut, env: environment },
    isChosen ? selection : { ...(profile !== undefined && { profile }), ...(names && { names }) },
  ]
}

/** A shard tells how its own checks ended; that they are not the whole is no fault of theirs. */
export const shardExitCode = ({ exitCode, shard }: RunRecord): ExitCode =>
  shard && exitCode === exitCodes.incomplete ? shard.exitCode : exitCode

function refuseOther(plan: Plan, project: Project, planFile: PlanFile): void {
  if (planFile.planSha256 === plan.sha256 && planFile.configSha256 === project.configSha256) return
  const what =
    planFile.configSha256 !== project.configSha256
      ? 'the gate files have changed since the plan was written'
      : planFile.environment !== plan.environment.name
        ? `the plan is for environment ${planFile.environment}, this run for ${plan.environment.name}`
        : planFile.profile !== plan.profile
          ? `the plan is of ${planFile.profile}, this run of ${plan.profile}`
          : 'variables or flags differ from those of the plan'
  throw usageError(`this run is not the planned one: ${what}`, 'write the plan again, and run every shard by it')
}

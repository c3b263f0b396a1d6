import { describeFlags, mockFirst, type ProviderFlags, readFlags, sandboxFirst } from '../../config/flags.ts'
import type { Plan } from '../../gates/plan.ts'
import type { Project } from '../../gates/project.ts'
import type { GitFacts } from '../../gates/scope.ts'
import type { Selection } from '../../gates/select.ts'
import type { FlagRecord } from '../../kernel/record.ts'
import type { CommandContext } from '../define.ts'
import type { GateOptions } from './options.ts'
import { openProject } from './project.ts'

export interface DecideSettings {
  /** Another folder below the project for all outputs. */
  outRoot?: string | undefined
  /** The environment still runs another build: what it will run is judged before it is there. */
  anyBuild?: boolean
}

/** What would be run, and what was read to find out. */
export interface Decision {
  project: Project
  plan: Plan
  /** What was asked for, as far as it was. */
  selection: Selection
  git: GitFacts
  flags: ProviderFlags
  described: FlagRecord[]
}

/** Reads the project and plans a run of it; starts nothing. */
export async function decide(
  { cwd, env, screen }: Pick<CommandContext, 'cwd' | 'env' | 'screen'>,
  options: Pick<GateOptions, 'config' | 'env' | 'baseUrl' | 'start' | 'changedSince' | 'planned'>,
  selection: Selection,
  { outRoot, anyBuild = false }: DecideSettings = {},
): Promise<Decision> {
  const { planRun } = await import('../../gates/plan.ts')
  const { selectEnvironment } = await import('../../gates/environment.ts')
  const { readGit } = await import('../../gates/git.ts')
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
  const whole = planRun({ project, selection: chosen, environment, git, flags: described })
  const plan = await narrowed(whole, project, options)
  return { project, plan, selection: chosen, git, flags, described }
}

async function narrowed(
  plan: Plan,
  project: Project,
  { changedSince, planned }: Pick<GateOptions, 'changedSince' | 'planned'>,
): Promise<Plan> {
  if (!planned && changedSince === undefined) return plan
  const { leaveOut, narrowPlan, readChanges } = await import('../../gates/changes.ts')
  if (planned) return leaveOut(plan, planned.gates, planned)
  return narrowPlan(plan, project, await readChanges(project.rootDir, changedSince!))
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

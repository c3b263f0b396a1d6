import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import { promisify } from 'node:util'
import { globExpression } from '../config/glob.ts'
import { usageError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'
import type { Plan, PlannedGate } from './plan.ts'
import { gatesBefore, type Project } from './project.ts'
import type { Ruling } from './verdict.ts'

const run = promisify(execFile)

/** Files that differ from a commit, relative to the project, with forward slashes; those outside begin with `../`. */
export interface Changes {
  ref: string
  files: string[]
}

/**
 * What has changed since `ref` and HEAD parted: commits, the working tree and new files. A ref that git does not know, and a clone too
 * shallow to tell, are usage errors: nothing that is unknown may leave a gate out.
 */
export async function readChanges(rootDir: string, ref: string): Promise<Changes> {
  const ask = async (...args: string[]): Promise<string> => {
    try {
      const { stdout } = await run('git', ['--no-optional-locks', ...args], {
        cwd: rootDir,
        timeout: 20_000,
        maxBuffer: 64 * 1024 * 1024,
      })
      return stdout
    } catch {
      throw usageError(
        `git cannot tell what has changed since ${ref}`,
        'name a commit or branch that is fetched (fetch-depth: 0), in a git checkout',
      )
    }
  }
  const base = (await ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`)).trim()
  const fork = (await ask('merge-base', base, 'HEAD')).trim()
  const prefix = (await ask('rev-parse', '--show-prefix')).trim()
  const changed = (await ask('diff', '--name-only', '--no-renames', '-z', fork)).split('\0').filter(Boolean)
  const added = (await ask('ls-files', '--others', '--exclude-standard', '-z')).split('\0').filter(Boolean)
  const here = changed.map((file) => relative(`/${prefix}`, `/${file}`).replaceAll('\\', '/'))
  return { ref, files: [...new Set([...here, ...added])].sort() }
}

const locks =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|uv\.lock|Pipfile\.lock|requirements[\w.-]*\.txt|Gemfile\.lock|Cargo\.lock|go\.sum|composer\.lock|\.terraform\.lock\.hcl)$/

/** The file that makes everything run: gates, locks and fixtures decide about all results. */
function fileOfAll(project: Project, files: readonly string[]): string | undefined {
  const own = new Set(
    project.gates
      .flatMap((gate) => [gate.place.file, ...gate.checks.map((check) => check.place.file)])
      .map((file) => file.replace(/^(?:\.\.?\/)+/, '')),
  )
  return files.find(
    (file) =>
      /(^|\/)gatekit\.ya?ml$/.test(file) ||
      locks.test(file) ||
      /(^|\/)fixtures\//.test(file) ||
      [...own].some((each) => file === each || file.endsWith(`/${each}`) || each.endsWith(`/${file}`)),
  )
}

/**
 * The part of a plan that changed files can have an effect on: gates without `inputs` always, others when one matches, and what those
 * need. Gates that are left out are listed with the reason. Never for protected environments (usage error).
 */
export function narrowPlan(plan: Plan, project: Project, { ref, files }: Changes): Plan {
  if (plan.environment.protected)
    throw usageError(`--changed-since is not for ${plan.environment.name}: it is protected`, 'run all of its gates')
  const all = fileOfAll(project, files)
  if (all !== undefined) return plan
  const profile = project.profiles[plan.profile]
  const ignored = (profile?.ignore ?? []).map(globExpression)
  const relevant = files.filter((file) => !(plan.partial && ignored.some((each) => each.test(file))))
  const chosen = new Set<string>()
  const add = (gate: PlannedGate) => {
    if (chosen.has(gate.id)) return
    chosen.add(gate.id)
    const before = gatesBefore(gate as Project['gates'][number])
    for (const other of plan.gates) if (before.includes(other.id)) add(other)
  }
  // Without inputs a gate may depend on anything, but nothing that matters has changed when all that did is to be ignored.
  for (const gate of plan.gates) {
    const inputs = gate.inputs.map(globExpression)
    const isTouched = relevant.some((file) => inputs.some((each) => each.test(file)))
    const isOpen = inputs.length === 0 && !(files.length > 0 && relevant.length === 0)
    if (isTouched || isOpen) add(gate)
  }
  const isIdle = plan.partial && chosen.size === 0 && files.length > 0 && relevant.length === 0
  return leaveOut(plan, [...chosen], { ref, isIdle })
}

/** The part of a plan with these gates only; in a shard those that the plan file lists, so that all shards agree whatever lies beside them. */
export function leaveOut(
  plan: Plan,
  chosen: readonly string[],
  { ref, isIdle }: { ref: string; isIdle: boolean },
): Plan {
  if (plan.environment.protected)
    throw usageError(`--changed-since is not for ${plan.environment.name}: it is protected`, 'run all of its gates')
  const left = plan.gates.filter(({ id }) => !chosen.includes(id))
  if (left.length === 0) return plan
  const gates = plan.gates.filter(({ id }) => chosen.includes(id))
  const reason = `NOT_SELECTED: no input of it has changed since ${ref}`
  const label = `${plan.profile} (changed since ${ref})`
  return {
    ...plan,
    profile: label,
    gates,
    notRun: [...plan.notRun, ...left.map(({ id, title }) => ({ id, title, reason }))],
    sha256: createHash('sha256')
      .update(`${plan.sha256}\n${gates.map(({ id }) => id).join('\n')}`)
      .digest('hex'),
    narrowed: { ref, left: left.length, isIdle },
  }
}

/** What was left out makes a run incomplete, unless its profile is partial. */
export function narrowedRulings({
  narrowed,
  partial,
  gates,
}: Pick<Plan, 'narrowed' | 'partial'> & { gates: readonly unknown[] }): Ruling[] {
  if (!narrowed || (partial && gates.length > 0)) return []
  const nothing = narrowed.isIdle ? 'Nothing to judge: all that changed is to be ignored.' : 'No gate was selected.'
  const reason =
    gates.length === 0 ? nothing : `${narrowed.left} gates were not selected, and the profile is not partial.`
  return [{ exitCode: exitCodes.incomplete, reason }]
}

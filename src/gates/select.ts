import { usageError } from '../kernel/errors.ts'
import { didYouMean } from '../kernel/suggest.ts'
import { checkName, type Gate, type Project } from './project.ts'

/** What was asked for: a profile, or gates and checks by name; everything when empty. */
export interface Selection {
  profile?: string
  /** `gate` or `gate/check`. */
  names?: readonly string[]
}

export interface Selected {
  profile: string
  partial: boolean
  gates: {
    gate: Gate
    /** Checks that are left out, with the reason. */
    checks: Map<string, string>
  }[]
  notRun: { id: string; title: string; reason: string }[]
}

/** Chooses gates and checks; what a chosen check needs within its gate comes along. Unknown names are usage errors. */
export function select(project: Project, { profile, names = [] }: Selection): Selected {
  const chosen = profile === undefined ? undefined : profileNamed(project, profile)
  const wanted = names.length > 0 ? names : (chosen?.gates ?? project.gates.map((gate) => gate.id))
  const label = profile ?? (names.length > 0 ? names.join(' ') : 'all')
  for (const name of wanted) requireKnown(project, name)
  const checks = withNeeds(project, wanted)
  const reason = names.length > 0 ? `not asked for (${names.join(', ')})` : `not in profile ${label}`
  const isIn = (gate: Gate) => wanted.includes(gate.id) || gate.checks.some((check) => checks.has(checkName(check)))
  return {
    profile: label,
    partial: chosen?.partial ?? false,
    gates: project.gates.filter(isIn).map((gate) => {
      const left = gate.checks.filter((check) => !wanted.includes(gate.id) && !checks.has(checkName(check)))
      return { gate, checks: new Map(left.map((check) => [check.id, reason])) }
    }),
    notRun: project.gates.filter((gate) => !isIn(gate)).map(({ id, title }) => ({ id, title, reason })),
  }
}

function profileNamed(project: Project, name: string) {
  const found = Object.hasOwn(project.profiles, name) ? project.profiles[name] : undefined
  if (found) return found
  const known = Object.keys(project.profiles)
  throw usageError(
    `unknown profile "${name}"`,
    didYouMean(name, known) ?? `profiles: ${known.join(', ') || 'none yet'}`,
  )
}

function requireKnown(project: Project, name: string): void {
  const known = project.gates.flatMap((gate) => [gate.id, ...gate.checks.map(checkName)])
  if (known.includes(name)) return
  const remedy = didYouMean(name, known) ?? `gates: ${project.gates.map((gate) => gate.id).join(', ')}`
  throw usageError(`unknown gate or check "${name}"`, remedy)
}

function withNeeds(project: Project, wanted: readonly string[]): Set<string> {
  const byName = new Map(project.gates.flatMap((gate) => gate.checks).map((check) => [checkName(check), check]))
  const chosen = new Set<string>()
  const add = (name: string) => {
    const check = byName.get(name)
    if (!check || chosen.has(name)) return
    chosen.add(name)
    for (const need of check.needs) if (need.startsWith(`${check.gate}/`)) add(need)
  }
  for (const name of wanted) add(name)
  return chosen
}

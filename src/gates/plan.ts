import { createHash } from 'node:crypto'
import type { Environment } from '../config/environment.ts'
import { GatekitError, type Problem } from '../kernel/errors.ts'
import { sortKeys } from '../kernel/json.ts'
import { conditionProblems } from './conditions.ts'
import { optionProblems } from './options.ts'
import { type Check, checkName, type Gate, type Project } from './project.ts'
import { planTimeResolver, type TemplateFacts } from './scope.ts'
import { type Selected, type Selection, select } from './select.ts'
import type { Shard } from './shard.ts'
import { fill } from './template.ts'

export interface PlannedCheck extends Check {
  /** Why it is not part of this run. */
  notSelected?: string
  /** Of what it does; the same digest is the same check. */
  digest?: string
}

export interface PlannedGate extends Omit<Gate, 'checks'> {
  checks: PlannedCheck[]
}

/** What will be run, in order, and the digest that a result must match. */
export interface Plan {
  profile: string
  /** A run of a part of the checks may pass. */
  partial: boolean
  environment: Environment
  gates: PlannedGate[]
  /** Gates that are configured and not part of this run. */
  notRun: { id: string; title: string; reason: string }[]
  sha256: string
  /** Set when this is the part of one shard. */
  shard?: Shard
  /** Set when gates were left out because nothing of theirs has changed; `isIdle`: all that changed is to be ignored. */
  narrowed?: { ref: string; left: number; isIdle: boolean }
}

export interface PlanOptions extends TemplateFacts {
  project: Project
  selection?: Selection
}

/**
 * Decides what runs. Templates that are known by now are filled in and the options judged with them; throws a GatekitError (exit 2) with
 * every problem.
 */
export function planRun({ project, selection = {}, ...facts }: PlanOptions): Plan {
  const selected = select(project, selection)
  const problems: Problem[] = []
  const gates = selected.gates.map(
    ({ gate, checks }): PlannedGate => ({
      ...gate,
      checks: gate.checks.map((check) => {
        const reason = checks.get(check.id)
        return reason === undefined ? check : { ...check, notSelected: reason }
      }),
    }),
  )
  const definitions = gates.map((gate) => ({
    id: gate.id,
    key: gate.key,
    minChecks: gate.minChecks,
    needs: gate.needs,
    when: gate.when,
    checks: gate.checks.map((check) => resolvedDefinition(check, project, facts, problems)),
  }))
  for (const [index, gate] of gates.entries())
    gate.checks = gate.checks.map((check, at) => ({ ...check, digest: digestOf(definitions[index]!.checks[at]) }))
  const flags = facts.flags.map((flag) => flag.name)
  problems.push(...conditionProblems(gates, 'flag', flags))
  if (problems.length > 0) throw new GatekitError(problems)
  const { environment } = facts
  const sha256 = digestOf({ environment: environment.name, gates: definitions })
  // A protected environment is judged as a whole, whatever the profile says.
  const partial = selected.partial && !environment.protected
  return { ...pick(selected), partial, environment, gates, sha256 }
}

const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sortKeys(value)))
    .digest('hex')

const pick = ({ profile, notRun }: Selected) => ({ profile, notRun })

function resolvedDefinition(check: PlannedCheck, project: Project, facts: TemplateFacts, problems: Problem[]): object {
  const definition = project.definitions.get(check.type)
  const { value, unresolved } = fill(check.options, planTimeResolver(facts, definition?.templates))
  for (const { path, template, problem } of unresolved) {
    const place = check.source.place([...check.path, ...path])
    problems.push({ title: `unresolved template "\${${template}}"`, place, note: problem, remedy: remedyOf(template) })
  }
  if (definition && unresolved.length === 0) problems.push(...optionProblems(check, definition, value))
  const { type, needs, when, skipAllowed, timeoutMs, retry, advisory, notSelected } = check
  return {
    id: checkName(check),
    type,
    needs,
    when,
    skipAllowed,
    timeoutMs,
    retry,
    advisory,
    notSelected,
    options: value,
  }
}

const remedyOf = (template: string): string =>
  template.startsWith('env.')
    ? 'add it to the environment in gatekit.yaml, or choose another one with --env'
    : 'correct the name, or give the run what it asks for'

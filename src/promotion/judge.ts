import { isOpen, shownWindow } from '../config/deployment-window.ts'
import type { Environment } from '../config/environment.ts'
import type { Signer } from '../config/signer.ts'
import type { Objection } from '../evidence/verify.ts'
import { type ExitCode, exitCodes } from '../kernel/exit.ts'
import { isSignedRecord, type Ledger } from './ledger.ts'

export interface PathFacts {
  from: Environment
  to: Environment
  environments: Readonly<Record<string, Environment>>
  commit: string
  /** Of every environment that lies before `to`. */
  ledgers: ReadonlyMap<string, Ledger>
  signers: Readonly<Record<string, Signer>>
  /** Epoch milliseconds. */
  now: number
}

const object = (code: string, text: string, exitCode: ExitCode): Objection => ({ code, text, exitCode })

/** Every environment that lies before another, nearest first; `after` may branch. */
export function environmentsBefore(name: string, environments: PathFacts['environments']): string[] {
  const seen: string[] = []
  const visit = (each: string): void => {
    for (const before of environments[each]?.after ?? []) {
      if (seen.includes(before)) continue
      seen.push(before)
      visit(before)
    }
  }
  visit(name)
  return seen
}

/**
 * Whether the path was walked: the environment before is the one that is promoted from, and into each of those between the first and this one the
 * same commit was promoted, with records that are whole and signed where they must be.
 */
export async function judgePath(facts: PathFacts): Promise<Objection[]> {
  const { from, to, environments, commit, ledgers, signers } = facts
  if (!to.after.includes(from.name)) {
    const wanted = to.after.join(' or ') || 'nowhere: it has no `after`'
    return [
      object('skipped-stage', `${to.name} is promoted into from ${wanted}, not from ${from.name}`, exitCodes.fail),
    ]
  }
  const objections: Objection[] = []
  for (const name of environmentsBefore(to.name, environments)) {
    const environment = environments[name]!
    const ledger = ledgers.get(name) ?? { records: [], problems: [] }
    objections.push(...ledger.problems.map((text) => object('edited-record', text, exitCodes.fail)))
    // Into the first of the path nothing is promoted: its run is the beginning.
    if (environment.after.length === 0) continue
    const last = ledger.records.filter(({ entry }) => entry.kind === 'promotion' && entry.commit === commit).at(-1)
    if (!last) {
      objections.push(
        object('skipped-stage', `commit ${commit.slice(0, 12)} was never promoted into ${name}`, exitCodes.fail),
      )
    } else if ((last.signature !== null || environment.protected) && !(await isSignedRecord(last, signers))) {
      objections.push(object('edited-record', `${last.file} is not signed by ${last.entry.by}`, exitCodes.fail))
    }
  }
  return objections
}

export interface PlannedWork {
  checks: readonly { type: string; advisory: boolean }[]
  /** Whether the plan for the way back is there. */
  hasRollbackPlan: boolean
}

/** What an environment with users asks for before anything moves: a window, people, a reviewed plan, a way back. */
export function judgeRules(
  { to, now }: Pick<PathFacts, 'to' | 'now'>,
  { checks, hasRollbackPlan }: PlannedWork,
): Objection[] {
  const rules = to.promotion
  const objections: Objection[] = []
  const missing = (code: string, text: string) => objections.push(object(code, text, exitCodes.incomplete))
  if (rules?.window && !isOpen(rules.window, now)) {
    objections.push(
      object('window-closed', `deployments into ${to.name} begin ${shownWindow(rules.window)}`, exitCodes.fail),
    )
  }
  if (rules?.rollbackPlan && !hasRollbackPlan) missing('no-rollback-plan', `${rules.rollbackPlan} is not there`)
  if (!to.protected) return objections
  const required = (type: string): boolean => checks.some((check) => check.type === type && !check.advisory)
  if (!rules) {
    missing('no-rules', `${to.name} is protected and says nothing under promotion:`)
    return objections
  }
  if (!rules.window) missing('no-window', `${to.name} has no deployment window`)
  if (!rules.rollbackPlan) missing('no-rollback-plan', `${to.name} has no rollback plan`)
  if (!required('attest')) missing('no-approvals', `the profile ${rules.profile} asks nobody's approval (attest)`)
  if (rules.infrastructure === 'terraform' && !required('terraform-plan')) {
    missing('no-plan-review', `the profile ${rules.profile} reviews no plan (terraform-plan)`)
  }
  return objections
}

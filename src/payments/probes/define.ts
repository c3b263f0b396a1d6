import type { Contract } from '../contract/schema.ts'
import type { Rig } from '../rig/define.ts'
import type { Outcome } from '../verdict.ts'

export interface Source {
  /** `langfuse #17388`, `Stripe, Receive events`. */
  text: string
  url?: string
}

export interface ProbeDefinition {
  /** As the defects are numbered: `B4`. */
  id: string
  /** The defect, few words: `check-then-insert race on one event`. */
  title: string
  /** What the provider or the contract promises and the backend must therefore do, one sentence. */
  rule: string
  /** Where the rule is written, and where the defect was met. */
  source: Source[]
  /** What is not asserted, so that correct backends stay green. */
  guard: string
  /** How a backend with this defect looks, or the history that shows it. */
  example: string
  /**
   * `shared`: may run beside other probes, its subjects are its own. `alone`: bursts, faults at the double, outages; nothing else is going
   * on meanwhile. `last`: as `alone`, when all these have made their traffic. `kills`: as `alone`, and it ends the process. `restarts`: as
   * `alone`, and it may start the target with another environment. `production`: the same, and all of them share the one start.
   */
  company: 'shared' | 'alone' | 'last' | 'kills' | 'restarts' | 'production'
  /** A RED of it is evidence even where a plain capture has no effect: it shows an effect that must not be. */
  withoutBaseline?: boolean
  /** What must work for a verdict to mean something, as `control.usage` and the others tell; purchases when absent. */
  subject?: 'usage'
  /**
   * What a contract says of a backend that has what this is about (`target.replicas`), where it does not say it: then there is nothing to
   * look at, and the probe does not apply.
   */
  absent?(contract: Contract): string | undefined
  /** What the contract lacks for it, as the entry to add (`control.restart`); undefined when nothing is missing. */
  needs(contract: Contract): string | undefined
  run(rig: Rig): Promise<Outcome>
}

/** What a contract does not say, so that a probe does not apply to it: besides its own, that there is anything to buy at all. */
export const absentFrom = ({ subject, absent }: ProbeDefinition, contract: Contract): string | undefined =>
  subject === undefined && !contract.facts.sells ? 'facts.purchase' : absent?.(contract)

/** Makes a probe; one file under src/payments/probes/ exports one. */
export const defineProbe = (definition: ProbeDefinition): ProbeDefinition => definition

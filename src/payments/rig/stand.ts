import type { Contract } from '../contract/schema.ts'
import type { Double } from '../double/types.ts'
import type { ProviderName } from '../history/define.ts'
import type { FreshIds } from '../model/ids.ts'
import type { Policy, Want } from '../model/want.ts'
import type { Nemesis } from '../nemesis/types.ts'
import type { Observer } from '../observe/types.ts'
import type { EnvironmentChanges, Supplies, Target } from '../target/types.ts'
import type { Story } from './buyer.ts'

/** What all rigs of one run share: the running backend and everything around it. */
export interface Stand {
  contract: Contract
  supplies: Supplies
  double: Double
  observer: Observer
  nemesis: Nemesis
  target: Target
  fresh: FreshIds
  smoke: boolean
  /** Milliseconds that the user gave for exploring. */
  budgetMs?: number | undefined
  signal: AbortSignal
  learnt: Learnt
  /** Who is looked at once more at the end, with what must still hold then. */
  lateLooks: Map<Story, LateLook>
  /** How far the target's clock is ahead of ours. */
  aheadMs: number
  /** How many different purchases were captured so far. */
  captures: number
  /** The first purchase that had its effect, how many were captured then, and in which process. */
  first?: { story: Story; captures: number; pid: number | undefined }
  /** `changed`: the target runs in an environment that a probe asked for; `left`: it still does, though nobody needs it any more. */
  environment: 'usual' | 'changed' | 'left'
  /** What the last probe that wanted another environment asked for. */
  changes?: EnvironmentChanges
  /** Set while the usual environment is being brought back. */
  returning?: Promise<void>
}

/** What the controls taught about this backend. */
export interface Learnt {
  /** Milliseconds from the acknowledgement to the effect. */
  lagMs: number
  subscriptionEventGrants: boolean
  /** Providers, and subscriptions, whose plain purchase works. */
  sound: readonly ProviderName[]
  subscriptions: boolean
}

export interface LateLook {
  probe: string
  want: Want
  /** When it was looked at last, by `performance.now()`. */
  at: number
}

/** Something could not be looked at, so nothing is judged. */
export class Unmeasurable extends Error {
  override readonly name = 'Unmeasurable'
}

export const policyOf = ({ contract, learnt }: Pick<Stand, 'contract' | 'learnt'>): Policy => ({
  partialRefund: contract.policy.partialRefund,
  disputeOpen: contract.policy.disputeOpen,
  mode: contract.providers.stripe?.mode,
  subscriptionEventGrants: learnt.subscriptionEventGrants,
})

/** A backend whose effects come later than this after the answer is given less at a time. */
export const slowMs = 150

/** How long what is wanted must stay so: long enough for this backend's late effects, short enough to go on; the rest is looked at in the end. */
export const holdMsOf = ({ learnt }: Pick<Stand, 'learnt'>): number =>
  Math.min(400, Math.max(45, Math.round(1.5 * learnt.lagMs)))

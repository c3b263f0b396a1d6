import type { History } from '../history/define.ts'
import type { Failure, Played, Rig } from '../rig/define.ts'
import { Unmeasurable } from '../rig/stand.ts'
import { green, type Outcome, red, yellow } from '../verdict.ts'
import { shrink } from './shrink.ts'

export interface ProveOptions {
  /** What a failure of these histories means, one sentence. */
  reason: string
  /** What it means that none failed. */
  fine: string
  /** Failures that these histories are about; all kinds when absent. */
  kinds?: (failure: Failure) => boolean
  /** How often a candidate is played while shrinking; above 1 for races. */
  tries?: number
  /** Kills take a second each: they are confirmed less often. */
  confirmations?: number
  /** Milliseconds for making it smaller; default 3,500. */
  budgetMs?: number
}

/** Plays histories until one fails; makes that one as small as it goes, and tells what it showed. */
export async function prove(rig: Rig, histories: Iterable<History>, options: ProveOptions): Promise<Outcome> {
  const { kinds = () => true, fine } = options
  for (const history of histories) {
    if (rig.signal.aborted) throw new Unmeasurable('interrupted')
    const played = await rig.play(history)
    if (played.undecided) throw new Unmeasurable(played.undecided)
    const failure = played.failures.find(kinds)
    if (failure) return explain(rig, history, played, failure, options)
  }
  return green(fine)
}

/** After so many milliseconds of making it small and looking again, what was seen has to do. */
const longestMs = 20_000

/** The failing history made small, played again for its timeline, and how often it showed. */
export async function explain(
  rig: Rig,
  history: History,
  played: Played,
  failure: Failure,
  { reason, tries = 1, confirmations = 3, budgetMs = 3_500 }: Omit<ProveOptions, 'fine' | 'kinds'>,
): Promise<Outcome> {
  // The failure is known: what is looked for again needs no more time than effects of this backend take.
  const settleMs = Math.min(rig.contract.policy.settleMs, 150 + 5 * rig.lagMs)
  const again = async (candidate: History, watch = false): Promise<Failure | undefined> => {
    const next = await rig.play(candidate, { settleMs, watch })
    return next.failures.find(({ kind }) => kind === failure.kind)
  }
  const began = performance.now()
  const fails = async (candidate: History) => {
    for (let count = 0; count < tries; count++) {
      if (count > 0 && performance.now() - began > budgetMs) return false
      if (await again(candidate)) return true
    }
    return false
  }
  const small = await shrink(history, fails, { budgetMs, now: () => performance.now() })
  const shrinkMs = Math.round(performance.now() - began)
  let last = failure
  let timeline = played.timeline
  let times = 0
  let plays = 0
  while (plays < confirmations) {
    // Where every start takes seconds, one time more is enough: the failure has been seen already.
    if (plays > 0 && performance.now() - began > longestMs) break
    plays++
    const next = await rig.play(small, { settleMs, watch: true })
    const found = next.failures.find(({ kind }) => kind === failure.kind)
    if (!found) continue
    times++
    last = found
    timeline = next.timeline
  }
  // What is missing may have been slow; what is there twice never was.
  if (times === 0 && failure.kind.endsWith('few')) return yellow(`${reason}: seen once and never again`)
  return red(reason, {
    want: last.want,
    got: last.got,
    harm: last.harm,
    history: small,
    shrinkMs,
    timeline,
    reproduced: { times, of: plays },
  })
}

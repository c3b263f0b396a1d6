import type { History, ProviderName } from '../history/define.ts'
import type { Rig } from '../rig/define.ts'
import { Unmeasurable } from '../rig/stand.ts'
import { green, type Outcome } from '../verdict.ts'
import { explain } from './prove.ts'

export interface RaceOptions {
  /** Per provider; every round has fresh ids. */
  rounds: number
  history(provider: ProviderName, round: number): History
  reason: string
  fine: string
}

/** Plays the same race again and again until it is lost once. */
export async function raceOf(rig: Rig, { rounds, history, reason, fine }: RaceOptions): Promise<Outcome> {
  for (const provider of rig.providers) {
    for (let round = 0; round < rounds; round++) {
      const candidate = history(provider, round)
      const played = await rig.play(candidate)
      if (played.undecided) throw new Unmeasurable(played.undecided)
      const [failure] = played.failures
      if (failure) return explain(rig, candidate, played, failure, { reason, tries: 6, confirmations: 10 })
    }
  }
  return green(fine)
}

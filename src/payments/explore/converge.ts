import { createTurns } from '../../kernel/turns.ts'
import type { History } from '../history/define.ts'
import type { Failure, Played, Rig } from '../rig/define.ts'
import type { PlayOptions } from '../rig/play.ts'
import { Unmeasurable } from '../rig/stand.ts'
import { green, type Outcome } from '../verdict.ts'
import { Company } from './company.ts'
import { explain } from './prove.ts'
import { pairsOf } from './random-history.ts'

export interface ConvergeOptions {
  /** How many histories may go on at the same time; 1 where they hold faults or kills. */
  beside: number
  /** Only one of them delivers: bursts are no races when the backend is busy with something else. */
  inTurn?: boolean
  /** Epoch of `performance.now()` after which nothing new is begun. */
  until: number
}

/** What histories with faults may not be judged by: mails may come whenever a queue tries again. */
const isCounted = ({ kind }: Failure): boolean => kind !== 'mail-too-few'

/** Plays histories, several at a time, until one fails; tells how much was played. */
export class Exploration {
  histories = 0
  readonly pairs = new Set<string>()
  cutShort = false
  #found: { history: History; played: Played; failure: Failure } | undefined
  readonly #rig: Rig

  constructor(rig: Rig) {
    this.#rig = rig
  }

  async play(histories: Iterable<History>, { beside, until, inTurn = false }: ConvergeOptions): Promise<void> {
    const source = histories[Symbol.iterator]()
    const company = new Company()
    const options: PlayOptions = {
      ...(inTurn && { inTurn: createTurns() }),
      ...(beside > 1 && { alone: (look) => company.alone(look) }),
    }
    const worker = async () => {
      for (;;) {
        if (this.#found || this.#rig.signal.aborted) return
        const next = source.next()
        if (next.done) return
        if (performance.now() > until) {
          this.cutShort = true
          return
        }
        await company.work(() => this.#playOne(next.value, options))
      }
    }
    await Promise.all(Array.from({ length: beside }, worker))
  }

  async #playOne(history: History, options: PlayOptions): Promise<void> {
    const played = await this.#rig.play(history, options)
    if (played.undecided) throw new Unmeasurable(played.undecided)
    this.histories++
    for (const pair of pairsOf(history)) this.pairs.add(pair)
    const failure = played.failures.find(isCounted)
    if (failure) this.#found ??= { history, played, failure }
  }

  get hasFound(): boolean {
    return this.#found !== undefined
  }

  /** RED with the failing history made small, or GREEN with how much was played. */
  async outcome(): Promise<Outcome> {
    const details = { histories: this.histories, pairs: this.pairs.size, ...(this.cutShort && { cutShort: true }) }
    if (!this.#found) return { ...green('legal deliveries of the same facts lead to the same end'), details }
    const { history, played, failure } = this.#found
    const isRace = history.steps.some(({ do: what }) => what === 'burst')
    const outcome = await explain(this.#rig, history, played, failure, {
      reason: 'legal deliveries of the same facts lead to different ends',
      tries: isRace ? 3 : 1,
      confirmations: 5,
    })
    return outcome
  }
}

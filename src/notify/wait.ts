import type { Clock } from '../kernel/clock.ts'
import type { Message } from './message.ts'
import type { Schedule } from './schedule.ts'
import { parseSearch, type Term } from './search.ts'
import type { MessageStore } from './store.ts'

export interface Wanted {
  /** As for search. */
  query: string
  namespace?: string | undefined
  /** Exactly so many. */
  count: number
  withinMs: number
  /** How long the count has to hold, so that a late second copy is seen. */
  settleMs: number
}

/** A message that fits all of the query but one or two words. */
export interface NearMiss {
  id: string
  /** `to:ada@… is bob@…`. */
  differs: string[]
}

export interface Waited {
  ok: boolean
  /** One line: `expected 1, found 0; 2 close`. */
  reason: string
  found: Message[]
  near: NearMiss[]
  waitedMs: number
}

interface Surroundings {
  store: MessageStore
  clock: Clock
  schedule: Schedule
  signal?: AbortSignal
}

const maxNear = 5

/**
 * Resolves once it is decided: at once with more than wanted, after the settle time with just as many, at the deadline with fewer.
 * Messages that were there before count too.
 */
export function waitFor(wanted: Wanted, { store, clock, schedule, signal }: Surroundings): Promise<Waited> {
  const terms = parseSearch(wanted.query)
  const start = clock.now()
  const deadline = start + wanted.withinMs
  const fitting = (): Message[] => store.list(wanted).filter((message) => terms.every((term) => term.fits(message)))
  return new Promise((resolve) => {
    let enoughSince: number | undefined
    let isDone = false
    const stop = store.onChange(look)
    signal?.addEventListener('abort', finish, { once: true })
    schedule.at(deadline, look)
    look()

    function look(): void {
      if (isDone) return
      const { length } = fitting()
      const now = clock.now()
      if (length > wanted.count) finish()
      else if (length < wanted.count) enoughSince = undefined
      else if (enoughSince === undefined) {
        enoughSince = now
        schedule.at(now + wanted.settleMs, look)
      }
      const isSettled = enoughSince !== undefined && now >= enoughSince + wanted.settleMs
      if (isSettled || (now >= deadline && enoughSince === undefined)) finish()
    }

    function finish(): void {
      if (isDone) return
      isDone = true
      stop()
      signal?.removeEventListener('abort', finish)
      const found = fitting()
      const near = found.length < wanted.count ? nearMisses(store.list(wanted), terms) : []
      const ok = found.length === wanted.count
      resolve({ ok, reason: reasonOf(wanted, found, near), found, near, waitedMs: clock.now() - start })
    }
  })
}

/** The messages that almost fit, nearest first, and what differs. */
export function nearMisses(messages: readonly Message[], terms: readonly Term[]): NearMiss[] {
  const judged = messages.map((message) => ({ message, misses: terms.filter((term) => !term.fits(message)) }))
  return judged
    .filter(({ misses }) => misses.length > 0 && misses.length <= Math.max(1, terms.length - 1))
    .sort((a, b) => a.misses.length - b.misses.length || b.message.receivedAt - a.message.receivedAt)
    .slice(0, maxNear)
    .map(({ message, misses }) => ({
      id: message.id,
      differs: misses.map((term) => `${term.text} but is ${term.actual(message)}`),
    }))
}

function reasonOf({ count }: Wanted, found: readonly Message[], near: readonly NearMiss[]): string {
  const close = near.map(({ id, differs }) => `${id} (${differs.join('; ')})`).join(', ')
  return `expected ${count}, found ${found.length}${close ? `; ${near.length} close: ${close}` : ''}`
}

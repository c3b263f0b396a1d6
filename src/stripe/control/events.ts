import { z } from 'zod'
import { didYouMean } from '../../kernel/suggest.ts'
import type { StripeEvent } from '../world.ts'
import { type Control, type ControlRoutes, Refused } from './define.ts'
import { duration } from './duration.ts'
import { type EventQuery, matchesEvent, nearMisses } from './event-match.ts'

const longestWaitMs = 60_000

const wait = z.object({
  type: z.string().optional(),
  object: z.string().optional(),
  count: z.coerce.number().int().min(1).max(1000).default(1),
  within: duration.prefault('5s'),
})

const settings = new Set(['type', 'object', 'count', 'within'])

/**
 * `GET /_gatekit/events/wait?type=charge.refunded&object=ch_1&status=succeeded&count=2&within=5s`: answers as soon as that many such
 * events exist, those from before included; 408 with what nearly matched when they do not come in time (real time, a minute at most).
 */
export const eventRoutes: ControlRoutes = {
  'GET /_gatekit/events/wait'(control) {
    const given = Object.fromEntries(control.query)
    const parsed = wait.safeParse(given)
    if (!parsed.success) throw new Refused(400, z.prettifyError(parsed.error))
    const { count, within, type, object } = parsed.data
    const fields = Object.fromEntries(Object.entries(given).filter(([name]) => !settings.has(name)))
    return waitFor(control, { type, object, fields }, count, Math.min(within, longestWaitMs))
  },
}

function waitFor(control: Control, query: EventQuery, count: number, withinMs: number): Promise<object> {
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const stop = control.onEvent((account) => {
      if (account.id === control.account.id) look()
    })
    const timer = setTimeout(() => end(() => reject(missed(control, query, count, withinMs))), withinMs)
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      stop()
      settle()
    }
    function look(): void {
      const data = found(control, query)
      if (data.length < count) return
      end(() => resolve({ count: data.length, waitedMs: Math.round(performance.now() - startedAt), data }))
    }
    look()
  })
}

/** Oldest first. */
const found = (control: Control, query: EventQuery): StripeEvent[] =>
  eventsOf(control, query.type)
    .filter((event) => matchesEvent(event, query))
    .reverse()

/** Newest first; of one type where it is known. */
function eventsOf({ account }: Control, type?: string): StripeEvent[] {
  const isExact = type !== undefined && !type.endsWith('*')
  return ['event', 'v2.core.event'].flatMap((object) => {
    const table = account.store.table(object)
    return (isExact ? table.by('type', type) : [...table.all()]) as unknown as StripeEvent[]
  })
}

function missed(control: Control, query: EventQuery, count: number, withinMs: number): Refused {
  const all = eventsOf(control)
  const near = nearMisses(all, query)
  const seen = found(control, query).length
  const hint = query.type === undefined ? undefined : didYouMean(query.type, new Set(all.map(({ type }) => type)))
  const details = { found: seen, events: all.length, nearMisses: near, ...(near.length === 0 && hint && { hint }) }
  const words = [
    query.type ?? 'any type',
    query.object,
    ...Object.entries(query.fields).map((pair) => pair.join(' = ')),
  ]
  const wanted = words.filter((word) => word !== undefined).join(', ')
  return new Refused(408, `${seen} of ${count} events (${wanted}) within ${withinMs} ms`, details)
}

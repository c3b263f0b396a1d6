import { suggest } from '../../kernel/suggest.ts'
import type { StripeEvent } from '../world.ts'

/** What an event must be: a type (`charge.*` too), the id of its object, fields by dotted path. */
export interface EventQuery {
  type?: string | undefined
  object?: string | undefined
  /** Path below `data.object` to the value as text. */
  fields: Readonly<Record<string, string>>
}

export interface NearMiss {
  event: string
  type: string
  because: string
}

export const matchesEvent = (event: StripeEvent, query: EventQuery): boolean => whyNot(event, query) === undefined

/** The first thing about an event that is not as it was asked for. */
function whyNot(event: StripeEvent, { type, object, fields }: EventQuery): string | undefined {
  if (type !== undefined && !matchesType(event.type, type)) return `its type is ${event.type}`
  const data = objectOf(event)
  if (object !== undefined && data.id !== object) return `its object is ${String(data.id)}, not ${object}`
  for (const [path, wanted] of Object.entries(fields)) {
    const value = valueAt(data, path)
    if (shown(value) !== wanted) return `${path} is ${shown(value)}, not ${wanted}`
  }
  return undefined
}

const matchesType = (type: string, wanted: string): boolean =>
  wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted

const mostMisses = 5

/** Events that were nearly it, newest first: the type is right and something else is not, or the object is right and the type is not. */
export function nearMisses(events: Iterable<StripeEvent>, query: EventQuery): NearMiss[] {
  const misses: NearMiss[] = []
  const similar = suggest(query.type ?? '', new Set([...events].map(({ type }) => type)))
  for (const event of events) {
    const because = whyNot(event, query)
    if (because === undefined) continue
    const isOfType = query.type === undefined || matchesType(event.type, query.type)
    const isOfObject = query.object !== undefined && objectOf(event).id === query.object
    if (isOfType || isOfObject || event.type === similar) misses.push({ event: event.id, type: event.type, because })
    if (misses.length === mostMisses) break
  }
  return misses
}

function objectOf(event: StripeEvent): Record<string, unknown> {
  const data = event.data as { object?: Record<string, unknown> } | undefined
  return data?.object ?? (event.related_object as Record<string, unknown> | undefined) ?? {}
}

const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], value)

const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'absent'))

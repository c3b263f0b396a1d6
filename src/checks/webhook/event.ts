import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { jsonPathSchema, selectJson } from '../../kernel/json-path.ts'
import { clipped } from '../expect/shown.ts'

const eventType = z
  .string()
  .regex(/^[a-z0-9_]+(\.[a-z0-9_]+)+$/, { error: 'expected an event type such as payment_intent.succeeded' })

/** An event from a file, or written out. */
export const eventSchema = z
  .strictObject({
    fixture: z.string().min(1).optional().describe('JSON file of a whole event; relative to the project'),
    type: eventType.optional().describe('With object, instead of fixture'),
    object: z.record(z.string(), z.json()).optional().describe('What stands in data.object'),
    uniqueId: z.literal(true).default(true).describe('Event id and object id are always made anew'),
    fresh: z.array(jsonPathSchema).default([]).describe('Further ids to make anew, everywhere they occur'),
    names: z
      .record(z.string().regex(/^\w+$/), jsonPathSchema)
      .default({})
      .describe('Values that the probe reads as ${event.NAME} and later checks as ${check.NAME}'),
  })
  .refine(({ fixture, type, object }) => (fixture ? !type && !object : type && object), {
    error: 'expected either fixture, or type and object',
  })

export type EventOptions = z.output<typeof eventSchema>
export type EventDocument = Record<string, unknown>

/** The event is not what its options promise. */
export class BrokenEvent extends Error {
  override readonly name = 'BrokenEvent'
}

/** Reads an event; the text of a fixture, or undefined where type and object are given. Throws BrokenEvent. */
export function parseEvent({ type, object }: Pick<EventOptions, 'type' | 'object'>, fixture?: string): EventDocument {
  if (fixture === undefined) {
    const envelope = {
      id: 'evt_1',
      object: 'event',
      api_version: null,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
    }
    return { ...envelope, type, data: { object } }
  }
  let value: unknown
  try {
    value = JSON.parse(fixture)
  } catch (error) {
    throw new BrokenEvent(`the fixture is not JSON: ${clipped((error as Error).message)}`)
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new BrokenEvent('the fixture is not a JSON object')
  return value as EventDocument
}

/**
 * A copy that no handler can have seen: event id, object id and the ids named by `fresh` are new, with their prefix kept, and the same
 * everywhere they occur. It is of now, and of the environment's mode.
 */
export function freshEvent(
  event: EventDocument,
  {
    fresh,
    now,
    livemode,
    random = () => randomBytes(12).toString('hex'),
  }: { fresh: readonly string[]; now: number; livemode: boolean; random?: () => string },
): EventDocument {
  const renamed = new Map<string, string>()
  for (const path of ['$.id', '$.data.object.id', ...fresh]) {
    for (const { value } of selectJson(event, path)) {
      if (typeof value === 'string' && value !== '') renamed.set(value, prefixOf(value) + random())
    }
  }
  for (const path of fresh) {
    if (selectJson(event, path).length === 0) throw new BrokenEvent(`event.fresh: there is nothing at ${path}`)
  }
  const copy = rename(event, renamed) as EventDocument
  return { ...copy, id: copy['id'] ?? `evt_${random()}`, created: Math.floor(now / 1000), livemode }
}

/** `pi_` of `pi_3abc`, `cs_test_` of `cs_test_a1`. */
const prefixOf = (id: string): string => id.slice(0, id.lastIndexOf('_') + 1)

function rename(value: unknown, renamed: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return renamed.get(value) ?? value
  if (Array.isArray(value)) return value.map((each) => rename(each, renamed))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rename(inner, renamed)]))
}

/** What later checks can read of an event: its id, its object's id, and the values that were named. Throws BrokenEvent. */
export function eventExports(event: EventDocument, names: Record<string, string>): Record<string, unknown> {
  const valueAt = (path: string) => selectJson(event, path)[0]?.value
  const named = Object.entries(names).map(([name, path]) => {
    const value = valueAt(path)
    if (value === undefined) throw new BrokenEvent(`event.names.${name}: there is nothing at ${path}`)
    return [name, value]
  })
  const objectId = valueAt('$.data.object.id')
  return { event_id: event['id'], ...(objectId !== undefined && { object_id: objectId }), ...Object.fromEntries(named) }
}

/** Fills `${event.NAME}` and `${event.data.object.id}` into the texts of a probe; throws BrokenEvent for what the event does not have. */
export function fillEvent<T>(value: T, event: EventDocument, exports: Record<string, unknown>): T {
  const look = (name: string): string => {
    const found = exports[name] ?? selectJson(event, `$.${name}`)[0]?.value
    if (['string', 'number', 'boolean'].includes(typeof found)) return String(found)
    throw new BrokenEvent(`\${event.${name}}: the event has no such value; name it under event.names`)
  }
  const walk = (inner: unknown): unknown => {
    if (typeof inner === 'string') return inner.replace(/\$\{event\.([\w.[\]]+)\}/g, (_, name: string) => look(name))
    if (Array.isArray(inner)) return inner.map(walk)
    if (inner === null || typeof inner !== 'object') return inner
    return Object.fromEntries(Object.entries(inner).map(([key, each]) => [key, walk(each)]))
  }
  return walk(value) as T
}

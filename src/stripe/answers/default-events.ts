import type { StoredRecord } from '../../store/record.ts'
import { previousAttributes } from '../protocol/diff.ts'
import type { Run } from './run.ts'

type Occasion = 'create' | 'update' | 'remove'
const happened = { create: 'created', update: 'updated', remove: 'deleted' } as const

/** The event that a resource file names for an occasion, else the one Stripe has; undefined for none. */
export function defaultEventType(run: Run, object: string, occasion: Occasion): string | undefined {
  const chosen = run.resource?.events?.[occasion]
  if (chosen === false) return undefined
  return chosen ?? run.registry.eventType(object, happened[occasion])
}

/** `….created`, before whatever the handler emitted about it, unless the handler emitted it itself. */
export function emitCreated(run: Run, object: string, record: StoredRecord): void {
  const type = defaultEventType(run, object, 'create')
  if (type && !run.context.events.has(type, record.id)) run.context.events.addFirst(type, record)
}

/** `….updated` with the old values of what changed; nothing when nothing did. */
export function emitUpdated(run: Run, object: string, before: StoredRecord, after: StoredRecord, type?: string): void {
  const name = type ?? defaultEventType(run, object, 'update')
  const previous = previousAttributes(before, after)
  if (!name || !previous || run.context.events.has(name, after.id)) return
  const isUpdate = name.endsWith('.updated')
  run.context.emit(name, after, isUpdate ? previous : undefined)
}

export function emitDeleted(run: Run, object: string, record: StoredRecord): void {
  const type = defaultEventType(run, object, 'remove')
  if (type && !run.context.events.has(type, record.id)) run.context.emit(type, record)
}

import type { IdempotencyRecord } from '../../store/idempotency.ts'
import type { StoredRecord } from '../../store/record.ts'
import type { ClockState } from '../account-clock.ts'
import { type Account, type Job, scheduleOf } from '../accounts.ts'
import type { RandomState } from '../random.ts'
import { inline, refer } from './references.ts'

/** A part of an account's state: values by key, which can be written down and taken in again. */
export interface Section {
  keys(): Iterable<string>
  /** Undefined for what is not there (any more). */
  read(key: string): unknown
  /** Takes a value in; undefined removes. */
  write(key: string, value: unknown): void
}

/** Section names: `t/<object>`, `s/<clock>`, and these. */
const plain = ['memory', 'deleted', 'parents', 'deliveries'] as const

export function sectionOf(account: Account, name: string): Section | undefined {
  if (name.startsWith('t/')) return tableSection(account, name.slice(2))
  if (name.startsWith('s/')) return scheduleSection(account, name.slice(2))
  if (name === 'idempotency') return idempotencySection(account)
  if (name === 'state') return stateSection(account)
  return (plain as readonly string[]).includes(name) ? mapSection(account, name as (typeof plain)[number]) : undefined
}

/** Every section that an account has now; events last, because they refer to the objects they are about. */
export function* sectionsOf(account: Account): Generator<string> {
  yield 'state'
  const objects = [...account.store.all()].map(([object]) => object)
  for (const object of objects) if (object !== 'event') yield `t/${object}`
  for (const clock of account.schedules.keys()) yield `s/${clock}`
  yield* plain
  if (objects.includes('event')) yield 't/event'
  yield 'idempotency'
}

function tableSection({ store }: Account, object: string): Section {
  const table = store.table(object)
  const isEvents = object === 'event'
  return {
    *keys() {
      for (const { id } of table.inOrder()) yield id
    },
    read(id) {
      const record = table.get(id)
      if (!record || !isEvents) return record
      const data = record.data as { object?: unknown }
      return { ...record, data: { ...data, object: refer(store, data.object) } }
    },
    write(id, value) {
      if (value === undefined) return void table.remove(id)
      const record = value as StoredRecord
      if (!isEvents) return table.put(record)
      const data = record.data as { object?: unknown }
      return table.put({ ...record, data: { ...data, object: inline(store, data.object) } })
    },
  }
}

function scheduleSection(account: Account, clock: string): Section {
  const schedule = scheduleOf(account, clock)
  return {
    keys: () => [...schedule.keys()],
    read(key) {
      const task = schedule.get(key)
      return task && { at: task.at, ...task.value }
    },
    write(key, value) {
      if (value === undefined) return schedule.delete(key)
      const { at, ...job } = value as { at: number } & Job
      return schedule.set(key, at, job)
    },
  }
}

function idempotencySection({ store }: Account): Section {
  const records = store.idempotency
  return {
    keys: () => [...records.keys()],
    read(key) {
      const record = records.peek(key)
      // A request that has not been answered has not been executed either: its key is as if it had never been used.
      if (!record?.answer) return undefined
      return { ...record, answer: { ...record.answer, body: refer(store, record.answer.body) } }
    },
    write(key, value) {
      if (value === undefined) return records.forget(key)
      const record = value as IdempotencyRecord & { answer: { status: number; body: unknown } }
      return records.put(key, { ...record, answer: { ...record.answer, body: inline(store, record.answer.body) } })
    },
  }
}

function mapSection({ store }: Account, name: (typeof plain)[number]): Section {
  const map = store[name] as Map<string, unknown>
  return {
    keys: () => map.keys(),
    read: (key) => map.get(key),
    write: (key, value) => void (value === undefined ? map.delete(key) : map.set(key, value)),
  }
}

/** The clock, and where the sequence of ids stands. */
function stateSection({ clock, platform, random }: Account): Section {
  const own = platform === undefined ? ['clock', 'random'] : ['random']
  return {
    keys: () => own,
    read: (key) => (key === 'clock' ? clock.state() : random.state()),
    write(key, value) {
      if (key === 'clock') clock.restore((value as ClockState | undefined) ?? { offsetMs: 0 })
      if (key === 'random' && value) random.restore(value as RandomState)
    },
  }
}

import type { Context, Table, Tables } from '../define.ts'

type Row = { id: string }
type AnyTable = Table<Row>

export interface DryEvent {
  type: string
  object: string | object
}

/**
 * Does something and undoes it: what `work` stores, schedules and remembers is gone afterwards, its events are only collected. What it
 * returns, and the events, are values of how things would have been.
 */
export function dryRun<T>(ctx: Context, work: (ctx: Context, events: readonly DryEvent[]) => T): T {
  const events: DryEvent[] = []
  const undo: (() => void)[] = []
  const views = new Map<string, AnyTable>()
  const tables = new Proxy({} as Tables, {
    get(_, object: string) {
      const known = views.get(object)
      if (known) return known
      const view = undoable((ctx.tables as unknown as Record<string, AnyTable>)[object]!, undo)
      views.set(object, view)
      return view
    },
  })
  const account = Object.create(ctx.account, { memory: { value: new OverlaidMap(ctx.account.memory) } })
  const nothing = (): void => {}
  const dry = Object.create(ctx, {
    account: { value: account },
    tables: { value: tables },
    emit: { value: (type: string, object: string | object) => void events.push({ type, object }) },
    schedule: { value: nothing },
    unschedule: { value: nothing },
  }) as Context
  try {
    return work(dry, events)
  } finally {
    for (const step of undo.reverse()) step()
  }
}

/** A table that remembers how to undo each change. Removed rows are only hidden, so that they keep their place. */
function undoable(table: AnyTable, undo: (() => void)[]): AnyTable {
  const hidden = new Set<string>()
  const visible = (row: Row): boolean => !hidden.has(row.id)
  const put = (write: () => Row, old: Row | undefined): Row => {
    const row = write()
    undo.push(() => (old ? table.create(old) : table.remove(row.id)))
    return row
  }
  return {
    get size() {
      return table.size - hidden.size
    },
    get: (id) => (hidden.has(id) ? undefined : table.get(id)),
    need: (id, param) => table.need(typeof id === 'string' && hidden.has(id) ? '' : id, param),
    create(fields) {
      const id = (fields as Partial<Row>).id
      if (id !== undefined) hidden.delete(id)
      return put(() => table.create(fields), id === undefined ? undefined : table.get(id))
    },
    patch: (id, fields) => put(() => table.patch(id, fields), table.get(id)),
    remove(id) {
      const row = hidden.has(id) ? undefined : table.get(id)
      if (row) hidden.add(id)
      return row
    },
    by: (field, value) => table.by(field, value).filter(visible),
    *all() {
      for (const row of table.all()) if (visible(row)) yield row
    },
  }
}

/** A map whose changes stay on top of another one. */
class OverlaidMap extends Map<string, unknown> {
  private readonly below: ReadonlyMap<string, unknown>
  private readonly gone = new Set<string>()

  constructor(below: ReadonlyMap<string, unknown>) {
    super()
    this.below = below
  }

  override get(key: string): unknown {
    if (super.has(key)) return super.get(key)
    return this.gone.has(key) ? undefined : this.below.get(key)
  }

  override has(key: string): boolean {
    return super.has(key) || (!this.gone.has(key) && this.below.has(key))
  }

  override delete(key: string): boolean {
    const had = this.has(key)
    this.gone?.add(key)
    super.delete(key)
    return had
  }
}

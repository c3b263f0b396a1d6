import type { AccountStore } from '../../store/account.ts'

interface Reference {
  $stored: readonly [object: string, id: string]
}

/**
 * An event and the answer of an idempotency key usually hold the very object that is stored: then only its name is written, and after
 * reading it is the same object again. What was stored earlier is written out.
 */
export function refer(store: AccountStore, value: unknown): unknown {
  const { id, object } = (value ?? {}) as { id?: unknown; object?: unknown }
  if (typeof id !== 'string' || typeof object !== 'string') return value
  return store.table(object).get(id) === value ? ({ $stored: [object, id] } satisfies Reference) : value
}

/** The object again; a name that leads nowhere stays, for what is written later in its place. */
export function inline(store: AccountStore, value: unknown): unknown {
  const [object, id] = (value as Partial<Reference> | null | undefined)?.$stored ?? []
  if (object === undefined || id === undefined) return value
  return store.table(object).get(id) ?? value
}

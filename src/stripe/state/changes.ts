import type { Account, Accounts } from '../accounts.ts'
import { sectionOf } from './sections.ts'

/** What happened to one account: whole values by section and key, null for what went. Writing it twice changes nothing. */
export interface AccountChanges {
  account: string
  platform?: string
  values: readonly (readonly [section: string, key: string, value: unknown])[]
}

/** What is written down at once: first the accounts that are gone, then what changed in the others. */
export interface Batch {
  gone?: readonly string[]
  changed: readonly AccountChanges[]
}

/** Keys that changed, not values: what is written is how things are when it is written. */
export class ChangeList {
  private gone = new Set<string>()
  private changed = new Map<Account, Map<string, Set<string>>>()
  private isListening = false
  /** Called with the first change after a `take`. */
  onFirst: () => void = () => {}

  /** From now on changes count: what came before was read, not made. */
  start(): void {
    this.isListening = true
  }

  get isEmpty(): boolean {
    return this.changed.size === 0 && this.gone.size === 0
  }

  add(account: Account, section: string, key: string): void {
    if (!this.isListening) return
    if (this.isEmpty) this.onFirst()
    const sections = this.changed.get(account) ?? new Map<string, Set<string>>()
    this.changed.set(account, sections)
    const keys = sections.get(section) ?? new Set()
    sections.set(section, keys)
    // Last changed, last written: tasks of the same second run in the order in which they were scheduled.
    keys.delete(key)
    keys.add(key)
  }

  reset(ids: readonly string[]): void {
    if (this.isEmpty) this.onFirst()
    for (const account of this.changed.keys()) if (ids.includes(account.id)) this.changed.delete(account)
    for (const id of ids) this.gone.add(id)
  }

  /** Everything since the last call. */
  take(): Batch {
    const { changed, gone } = this
    this.changed = new Map()
    this.gone = new Set()
    return {
      ...(gone.size > 0 && { gone: [...gone] }),
      changed: [...changed].map(([account, sections]) => describe(account, sections)),
    }
  }
}

function describe(account: Account, sections: Map<string, Set<string>>): AccountChanges {
  sections.set('state', (sections.get('state') ?? new Set()).add('random'))
  const values: [string, string, unknown][] = []
  for (const name of [...sections.keys()].sort(eventsLast)) {
    const section = sectionOf(account, name)
    for (const key of sections.get(name) ?? []) {
      const value = section?.read(key) ?? null
      if (name !== 'state' || value !== null) values.push([name, key, value])
    }
  }
  return changesOf(account, values)
}

/** Events and answers refer to objects that are read before them. */
const eventsLast = (a: string, b: string): number => rank(a) - rank(b)
const rank = (section: string): number => (section === 'idempotency' ? 2 : section === 't/event' ? 1 : 0)

export const changesOf = (account: Account, values: AccountChanges['values']): AccountChanges => ({
  account: account.id,
  ...(account.platform !== undefined && { platform: account.platform }),
  values,
})

/** Does to the accounts what was written. */
export function applyBatch(accounts: Accounts, { gone = [], changed }: Batch): void {
  for (const id of gone) accounts.reset(id)
  for (const { account: id, platform, values } of changed) {
    const account = accounts.open(id, platform)
    for (const [name, key, value] of values) sectionOf(account, name)?.write(key, value ?? undefined)
  }
}

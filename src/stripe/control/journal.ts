import type { JournalEntry } from '../../store/journal.ts'
import type { ControlRoutes } from './define.ts'

/** The journal of the account, oldest first. `path`, `method`, `status`, `generic` filter; `limit` keeps the newest. */
export const journalRoutes: ControlRoutes = {
  'GET /_gatekit/requests'({ account, query }) {
    const found = account.store.journal.list().filter((entry) => matches(entry, query))
    const limit = Number(query.get('limit') ?? 1000)
    return { count: found.length, generic: found.filter(isGeneric).length, data: found.slice(-limit) }
  },
}

const isGeneric = (entry: JournalEntry): boolean => entry.generic === true

function matches(entry: JournalEntry, query: URLSearchParams): boolean {
  const path = query.get('path')
  const method = query.get('method')
  const status = query.get('status')
  const generic = query.get('generic')
  if (path !== null && entry.path !== path && !(path.endsWith('*') && entry.path.startsWith(path.slice(0, -1))))
    return false
  if (method !== null && entry.method !== method.toUpperCase()) return false
  if (status !== null && String(entry.status) !== status) return false
  return generic === null || String(isGeneric(entry)) === generic
}

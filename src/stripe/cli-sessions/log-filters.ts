import type { JournalEntry } from '../../store/journal.ts'

/** What `logs tail --filter-…` asks for; a filter that is absent lets everything through. */
export interface LogFilters {
  filter_account?: string[]
  filter_http_method?: string[]
  filter_ip_address?: string[]
  filter_request_path?: string[]
  filter_request_status?: string[]
  filter_source?: string[]
  filter_status_code?: string[]
  /** `4XX`, which the tool sends as `400`. */
  filter_status_code_type?: string[]
}

/** Where a request came from: for the account itself, or for a connected one. */
export type Source = 'self' | 'connect_out'

/** Reads the `filters` parameter; what is not a JSON object of lists filters nothing. */
export function parseFilters(text: unknown): LogFilters {
  if (typeof text !== 'string') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return {}
    const lists = Object.entries(value).filter((pair): pair is [string, unknown[]] => Array.isArray(pair[1]))
    return Object.fromEntries(lists.map(([name, items]) => [name, items.map(String)]))
  } catch {
    return {}
  }
}

export function passes(entry: JournalEntry, source: Source, filters: LogFilters): boolean {
  const { status } = entry
  const outcome = status >= 200 && status < 300 ? 'SUCCEEDED' : 'FAILED'
  const statusType = (type: string): boolean => type.charAt(0) === String(status).charAt(0)
  return (
    isOneOf(entry.method, filters.filter_http_method) &&
    isOneOf(entry.path, filters.filter_request_path) &&
    isOneOf(outcome, filters.filter_request_status) &&
    isOneOf(String(status), filters.filter_status_code) &&
    isOneOf(source, filters.filter_account) &&
    isOneOf('API', filters.filter_source) &&
    isOneOf('127.0.0.1', filters.filter_ip_address) &&
    (filters.filter_status_code_type?.some(statusType) ?? true)
  )
}

const isOneOf = (value: string, wanted: readonly string[] | undefined): boolean =>
  wanted?.some((item) => item.toUpperCase() === value.toUpperCase()) ?? true

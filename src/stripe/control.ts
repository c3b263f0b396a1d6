import type { JournalEntry } from '../store/journal.ts'
import type { Accounts } from './accounts.ts'
import { StripeError } from './error.ts'
import { type HttpAnswer, type HttpRequest, header, jsonAnswer } from './http.ts'
import { authenticate } from './protocol/auth.ts'

export interface ControlOptions {
  accounts: Accounts
  /** Told which accounts are gone. */
  onReset?(accounts: string[]): void
  /** Version of the API and of the package it was compiled from. */
  api: string
  stripe: string
}

/** `/_gatekit/…`: what a test asks the sandbox about itself. Undefined for other paths. */
export function handleControl(request: HttpRequest, options: ControlOptions): HttpAnswer | undefined {
  const url = new URL(request.url, 'http://localhost')
  if (!url.pathname.startsWith('/_gatekit/')) return undefined
  try {
    return route(request, url, options)
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    return jsonAnswer(error.status, { error: error.fields })
  }
}

function route(request: HttpRequest, url: URL, options: ControlOptions): HttpAnswer | undefined {
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /_gatekit/health':
      return jsonAnswer(200, {
        status: 'ok',
        api: options.api,
        stripe: options.stripe,
        accounts: options.accounts.size,
      })
    case 'GET /_gatekit/requests':
      return requests(request, url.searchParams, options.accounts)
    case 'POST /_gatekit/reset':
      return reset(request, options)
    default:
      return undefined
  }
}

/** The journal of the key's account, oldest first. `path`, `method`, `status`, `generic` filter; `limit` keeps the newest. */
function requests(request: HttpRequest, query: URLSearchParams, accounts: Accounts): HttpAnswer {
  const id = header(request, 'stripe-account') ?? authenticate(header(request, 'authorization')).account
  const found = (accounts.find(id)?.store.journal.list() ?? []).filter((entry) => matches(entry, query))
  const limit = Number(query.get('limit') ?? 1000)
  return jsonAnswer(200, { count: found.length, generic: found.filter(isGeneric).length, data: found.slice(-limit) })
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

function reset(request: HttpRequest, { accounts, onReset }: ControlOptions): HttpAnswer {
  const { account } = authenticate(header(request, 'authorization'))
  const gone = accounts.reset(account)
  onReset?.(gone)
  return jsonAnswer(200, { reset: account })
}

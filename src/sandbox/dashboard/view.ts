import type { Account, Accounts } from '../../stripe/accounts.ts'
import type { StripeServer } from '../../stripe/server.ts'
import type { Answers } from './answers.ts'

/** What the dashboard shows: a sandbox in this process. */
export interface Source {
  server: Pick<StripeServer, 'accounts' | 'webhooks' | 'schema' | 'clock' | 'tick' | 'url'>
  answers: Answers
  /** The account of the key that the server handed out. */
  own: string
  /** That key, masked. */
  key: string
}

/** One look at one account. */
export interface View {
  source: Source
  account: Account
  query: URLSearchParams
  /** A link within the dashboard that stays in the account. */
  href(path: string, params?: Readonly<Record<string, string | undefined>>): string
}

/** The account named by `?account=`; the server's own one without it. Undefined when nobody has used that account. */
export function createView(source: Source, query: URLSearchParams): View | undefined {
  const named = query.get('account') ?? source.own
  const { accounts } = source.server
  const account = named === source.own ? accounts.open(named) : accounts.find(named)
  if (!account) return undefined
  const isOwn = account.id === source.own
  return {
    source,
    account,
    query,
    href: (path, params = {}) => withQuery(path, { ...params, account: isOwn ? undefined : account.id }),
  }
}

function withQuery(path: string, params: Readonly<Record<string, string | undefined>>): string {
  const [route, fragment] = path.split('#') as [string, string?]
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== '') as [string, string][]
  const query = new URLSearchParams(given).toString()
  return `${route}${query && `?${query}`}${fragment === undefined ? '' : `#${fragment}`}`
}

/** Most accounts that are offered for selection; a gate run makes hundreds. */
const mostOffered = 40

/** The own account first, then the ones of the latest use that have something to show. */
export function offeredAccounts({ server, own }: Source, current: Account): Account[] {
  const used = [...server.accounts.all()].reverse().filter((account) => account.id !== own && isUsed(account))
  const others = used.slice(0, mostOffered)
  if (current.id !== own && !others.includes(current)) others.unshift(current)
  const first = server.accounts.find(own)
  return first ? [first, ...others] : others
}

const isUsed = ({ store }: Account): boolean => store.journal.total > 0 || countObjects(store) > 0

/** All objects, events left out. */
export function countObjects(store: Account['store']): number {
  let count = 0
  for (const [object, table] of store.all()) if (!isEventTable(object)) count += table.size
  return count
}

export const isEventTable = (object: string): boolean => object === 'event' || object === 'v2.core.event'

/** The account that answers for an account's clock and faults: its platform where it has one. */
export const rulingAccount = (accounts: Accounts, account: Account): Account =>
  (account.platform !== undefined && accounts.find(account.platform)) || account

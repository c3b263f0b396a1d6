import type { AccountView, Tables } from '../define.ts'
import type { Endpoint } from './deliver.ts'

const key = (endpoint: string) => `webhook secrets ${endpoint}`

/** Signing secrets are shown once, when the endpoint is made, and kept beside it. */
export const keepSecrets = (account: AccountView, endpoint: string, secrets: readonly string[]): void =>
  void account.memory.set(key(endpoint), secrets)

export const secretsOf = (account: AccountView, endpoint: string): readonly string[] =>
  (account.memory.get(key(endpoint)) as string[] | undefined) ?? []

/** The webhook endpoints of an account as delivery needs them, oldest first. */
export function endpointsOf(account: AccountView, tables: Pick<Tables, 'webhook_endpoint'>): Endpoint[] {
  const list = [...tables.webhook_endpoint.all()].reverse()
  return list.map(({ enabled_events, id, status, url }) => ({
    id,
    url,
    enabled_events,
    status,
    secrets: secretsOf(account, id),
  }))
}

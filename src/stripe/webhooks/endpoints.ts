import type { AccountView } from '../define.ts'

const key = (endpoint: string) => `webhook secrets ${endpoint}`

/** Signing secrets are shown once, when the endpoint is made, and kept beside it. */
export const keepSecrets = (account: AccountView, endpoint: string, secrets: readonly string[]): void =>
  void account.memory.set(key(endpoint), secrets)

export const secretsOf = (account: AccountView, endpoint: string): readonly string[] =>
  (account.memory.get(key(endpoint)) as string[] | undefined) ?? []

const connectKey = (endpoint: string) => `connect endpoint ${endpoint}`

/** An endpoint made with `connect: true` gets the events of connected accounts and none of the platform's own. */
export const markConnect = (account: AccountView, endpoint: string): void =>
  void account.memory.set(connectKey(endpoint), true)

export const isConnect = (account: AccountView, endpoint: string): boolean => account.memory.has(connectKey(endpoint))

import type { Delivered } from './send.ts'

/** One attempt to send one event to one endpoint. */
export interface DeliveryAttempt extends Delivered {
  account: string
  /** `evt_…` */
  event: string
  type: string
  /** `we_…` */
  endpoint: string
  url: string
  /** Counts from 1. */
  attempt: number
  /** Milliseconds since the epoch, on the account's clock. */
  at: number
  durationMs: number
  /** The endpoint answered 2xx. */
  delivered: boolean
  /** What was sent. */
  body: string
  /** The `Stripe-Signature` it was sent with; absent when nothing was sent. */
  signature?: string
}

export interface DeliveryLog {
  add(attempt: DeliveryAttempt): void
  of(account: string): readonly DeliveryAttempt[]
  forget(account: string): void
}

/** Keeps the latest attempts of each account; the oldest go when there are more than `limit`. */
export function createDeliveryLog(limit = 1000): DeliveryLog {
  const accounts = new Map<string, DeliveryAttempt[]>()
  return {
    add(attempt) {
      const list = accounts.get(attempt.account) ?? []
      list.push(attempt)
      if (list.length > limit) list.splice(0, list.length - limit)
      accounts.set(attempt.account, list)
    },
    of: (account) => accounts.get(account) ?? [],
    forget: (account) => void accounts.delete(account),
  }
}

import type { Clock } from '../../kernel/clock.ts'
import type { Account, Accounts } from '../accounts.ts'
import type { StripeEvent } from '../world.ts'
import { createDeliverer, type Deliverer, type Endpoint } from './deliver.ts'
import { isConnect, secretsOf } from './endpoints.ts'
import { createSend, type Send } from './send.ts'
import { createTimers } from './timers.ts'

export interface WebhookOptions {
  clock: Clock
  /** Called when something has to be looked up; the accounts may not exist yet when this service is made. */
  accounts(): Accounts
  /** Hosts besides loopback that may be contacted. */
  allowedHosts?: ReadonlySet<string>
  retryDelaysMs?: readonly number[]
  send?: Send
}

export interface Webhooks extends Omit<Deliverer, 'deliver' | 'resend' | 'resume'> {
  /** Sends a new event on its way; returns to how many endpoints. */
  onEvent(account: Account, event: StripeEvent): number
  /** Sends a stored event again: to one endpoint, or to all that want it. False when there is no such event or endpoint. */
  resend(account: Account, event: string, endpoint?: string): boolean
  /** Starts the retries that are due. */
  tick(): void
  /** Goes on with everything that an account still has to send. */
  resume(account: Account): void
}

/** Delivery for all accounts of a sandbox. Events of a connected account go to its own endpoints and its platform's `connect` ones. */
export function createWebhooks({
  accounts,
  allowedHosts,
  clock,
  retryDelaysMs,
  send = createSend(),
}: WebhookOptions): Webhooks {
  const now = (account: string): number => (accounts().find(account)?.clock ?? clock).now()
  const timers = createTimers(now)
  const deliverer = createDeliverer({
    clock,
    now,
    send,
    pendingOf: (id) => accounts().find(id)?.store.deliveries,
    after: timers.after,
    endpoints: (id) => takersFor(accounts(), id),
    onPending: (id, event, pending_webhooks) => {
      const table = accounts().find(id)?.store.table('event')
      const stored = table?.get(event)
      if (table && stored) table.put({ ...stored, pending_webhooks })
    },
    ...(allowedHosts && { allowedHosts }),
    ...(retryDelaysMs && { retryDelaysMs }),
  })

  return {
    ...deliverer,
    onEvent: (account, event) => deliverer.deliver(account.id, event),
    resend(account, id, endpointId) {
      const event = eventOf(account, id)
      if (!event) return false
      if (endpointId === undefined) {
        deliverer.deliver(account.id, event)
        return true
      }
      const endpoint = takersFor(accounts(), account.id).find((each) => each.id === endpointId)
      if (endpoint) deliverer.resend(account.id, event, endpoint)
      return endpoint !== undefined
    },
    tick: timers.tick,
    resume(account) {
      for (const delivery of [...account.store.deliveries.values()]) {
        const event = eventOf(account, delivery.event)
        if (event) deliverer.resume(account.id, event, delivery)
      }
    },
    forget(account) {
      timers.forget(account)
      deliverer.forget(account)
    },
  }
}

/** An account's own endpoints, and for a connected account those of its platform that listen to connected accounts. */
function takersFor(accounts: Accounts, id: string): Endpoint[] {
  const account = accounts.find(id)
  if (account?.platform === undefined && !hasTakers(account)) return none
  const own = [
    ...endpointsOf(account).filter((endpoint) => account && !isConnect(account, endpoint.id)),
    ...destinationsOf(account, 'self'),
  ]
  const platform = account?.platform === undefined ? undefined : accounts.find(account.platform)
  if (!platform) return own
  const connect = endpointsOf(platform).filter((endpoint) => isConnect(platform, endpoint.id))
  return [...own, ...connect, ...destinationsOf(platform, 'other_accounts')]
}

const none: Endpoint[] = []

/** Most accounts have none, and every event asks. */
const hasTakers = (account: Account | undefined): boolean =>
  account !== undefined &&
  (account.store.table('webhook_endpoint').size > 0 || account.store.table('v2.core.event_destination').size > 0)

const eventOf = (account: Account, id: string): StripeEvent | undefined =>
  (account.store.table('event').get(id) ?? account.store.table('v2.core.event').get(id)) as StripeEvent | undefined

/** Oldest first. */
function endpointsOf(account: Account | undefined): Endpoint[] {
  const table = account?.store.table('webhook_endpoint')
  if (!account || !table || table.size === 0) return []
  const stored = [...table.all()] as unknown as Endpoint[]
  return stored.reverse().map(({ enabled_events, id, status, url }) => ({
    id,
    url,
    enabled_events,
    status,
    secrets: secretsOf(account, id, account.clock.now()),
  }))
}

interface Destination {
  id: string
  status: string
  type: string
  enabled_events: string[]
  event_payload: 'snapshot' | 'thin'
  events_from?: string[]
  webhook_endpoint?: { url?: string }
}

/** Event destinations that are webhooks, oldest first. `from` says whose events are asked about. */
function destinationsOf(account: Account | undefined, from: 'self' | 'other_accounts'): Endpoint[] {
  const table = account?.store.table('v2.core.event_destination')
  if (!account || !table || table.size === 0) return []
  const stored = [...table.all()] as unknown as Destination[]
  return stored
    .filter(({ events_from = ['self'], type }) => type === 'webhook_endpoint' && events_from.includes(from))
    .reverse()
    .map(({ enabled_events, event_payload, id, status, webhook_endpoint }) => ({
      id,
      url: webhook_endpoint?.url ?? '',
      enabled_events,
      status,
      secrets: secretsOf(account, id, account.clock.now()),
      isThin: event_payload === 'thin',
    }))
}

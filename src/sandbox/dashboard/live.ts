import type { ServerResponse } from 'node:http'
import { isEventTable, rulingAccount, type View } from './view.ts'

/** Something of everything that a page of this account can show: whenever it differs, there is something new. */
export function revisionOf({ account, source }: View, runVersion = ''): string {
  const { accounts, webhooks } = source.server
  const { store, id } = account
  let objects = 0
  let events = 0
  for (const [object, table] of store.all()) {
    if (isEventTable(object)) events += table.size
    else objects += table.size
  }
  const attempts = webhooks.attempts(id)
  const last = attempts.at(-1)
  const { clock, faults } = rulingAccount(accounts, account)
  const state = [
    store.journal.total,
    objects,
    events,
    attempts.length,
    last && [last.event, last.endpoint, last.attempt, last.at],
    store.deliveries.size,
    webhooks.traffic.held(id).length,
    webhooks.traffic.rulesOf(id),
    clock.state(),
    faults.list().map(({ seen, met }) => [seen, met]),
    accounts.size,
    runVersion,
  ]
  return Buffer.from(JSON.stringify(state)).toString('base64url')
}

/** Pages that watch; more than this is somebody's mistake. */
const mostWatchers = 100

export interface LiveUpdates {
  /** Sends `revision()` to the page now and whenever it differs. False when there are too many pages. */
  watch(response: ServerResponse, revision: () => Promise<string>): boolean
  close(): void
}

/** Server-sent events: what a page shows is looked at every `everyMs`, which costs nothing while nobody watches. */
export function createLiveUpdates(everyMs = 400): LiveUpdates {
  const watchers = new Map<ServerResponse, { revision: () => Promise<string>; sent: string }>()
  let timer: NodeJS.Timeout | undefined

  async function look(): Promise<void> {
    for (const [response, watcher] of watchers) {
      const revision = await watcher.revision()
      if (revision === watcher.sent || response.destroyed) continue
      watcher.sent = revision
      response.write(`data: ${revision}\n\n`)
    }
  }

  return {
    watch(response, revision) {
      if (watchers.size >= mostWatchers) return false
      watchers.set(response, { revision, sent: '' })
      response.on('close', () => {
        watchers.delete(response)
        if (watchers.size > 0) return
        clearInterval(timer)
        timer = undefined
      })
      timer ??= setInterval(look, everyMs).unref()
      void look()
      return true
    },
    close() {
      clearInterval(timer)
      for (const response of watchers.keys()) response.end()
    },
  }
}

import http from 'node:http'
import { resolve } from 'node:path'
import { GatekitError } from '../../kernel/errors.ts'
import type { ObserverName, Source } from '../contract/observers.ts'
import type { Contract } from '../contract/schema.ts'
import { contractEnvironment } from '../target/environment.ts'
import type { EnvironmentChanges } from '../target/types.ts'
import { grantsOf, itemsOf, paymentOf, recordsOf } from './select.ts'
import { settleLoop } from './settle.ts'
import { commandSource } from './sources/command.ts'
import { directorySource } from './sources/directory.ts'
import { httpSource } from './sources/http.ts'
import type { ReadableSource, Reading } from './sources/source.ts'
import { sqlSource } from './sources/sql.ts'
import type { Observation, Observer, Sighting, Subject } from './types.ts'

const keptSightings = 1000
const keptBytes = 32 * 1024 * 1024
const subjectParts = ['grants', 'payment', 'audit', 'rejections', 'mails'] as const

export interface ObserverSettings {
  /** The gate's own environment; databases and headers may name variables of it. */
  own: EnvironmentChanges
}

/** Reads effects as the contract says. Nothing is contacted before the first observation. */
export function createObserver(contract: Contract, { own }: ObserverSettings): Observer {
  const { observe, target, dir, policy } = contract
  const env = contractEnvironment(contract, own)
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16, timeout: 30_000 })
  const sources = new Map<ObserverName, ReadableSource>()
  const latest = new Map<ObserverName, string>()
  let sightings: Sighting[] = []
  let bytes = 0
  for (const name of [...subjectParts, 'status', 'products', 'batches', 'sync_status'] as const) {
    const source = observe[name]?.source
    if (source) sources.set(name, openSource(source))
  }
  const parts = subjectParts.filter((name) => sources.has(name))

  function openSource(source: Source): ReadableSource {
    switch (source.kind) {
      case 'http': {
        const headers = Object.entries(source.headers).map(([name, value]) => [name, given(value)])
        return httpSource({ baseUrl: target.baseUrl, path: source.path, headers: Object.fromEntries(headers), agent })
      }
      case 'sql':
        return sqlSource({ statement: source.statement, db: given(source.db), cwd: dir })
      case 'command':
        return commandSource({ command: source.command, cwd: dir, env })
      case 'directory':
        return directorySource(resolve(dir, source.dir), source.match)
    }
  }

  function given(value: string | { env: string }): string {
    if (typeof value === 'string') return value
    const found = env[value.env]
    if (found) return found
    throw new GatekitError({ title: `${value.env} is not set`, remedy: `an observer of ${contract.file} needs it` })
  }

  /** Polling reads the same again and again; what says nothing new is not kept. */
  function keep(sighting: Sighting): void {
    const { observer, body } = sighting
    if (latest.get(observer) === body) return
    latest.set(observer, body)
    sightings.push(sighting)
    bytes += body.length
    while (sightings.length > keptSightings || bytes > keptBytes) bytes -= sightings.shift()!.body.length
  }

  async function read(name: ObserverName, fillings: Record<string, string>, signal?: AbortSignal): Promise<Reading> {
    const reading = await sources.get(name)!.read(fillings, signal)
    const { status, headers, body } = reading
    keep({ observer: name, body, ...(status !== undefined && { status }), ...(headers && { headers }) })
    return reading
  }

  async function observeSubject(
    subject: Subject,
    { parts: chosen = parts, signal }: Parameters<Observer['observe']>[1] = {},
  ) {
    const fillings: Record<string, string> = { tenant: '', ...subject }
    const observation: Observation = { trouble: [] }
    const readPart = async (name: (typeof subjectParts)[number]) => {
      const { document } = await read(name, fillings, signal)
      if (name === 'grants') Object.assign(observation, grantsOf(document, observe.grants!, fillings))
      if (name === 'payment') observation.payment = paymentOf(document, observe.payment!)
      if (name === 'audit') observation.audit = recordsOf(document, observe.audit!, fillings)
      if (name === 'rejections') observation.rejections = recordsOf(document, observe.rejections!, fillings)
      if (name === 'mails') observation.mails = itemsOf(document, observe.mails!, fillings)
    }
    const wanted = parts.filter((name) => chosen.includes(name))
    const outcomes = await Promise.allSettled(wanted.map(readPart))
    observation.trouble = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [{ observer: wanted[index]!, reason: reasonOf(outcome.reason) }] : [],
    )
    return observation
  }

  return {
    parts: [...parts, ...(sources.has('status') ? (['status'] as const) : [])],
    observe: observeSubject,
    settle: (subject, { want, holdMs = 30, settleMs = policy.settleMs, ...options } = {}) =>
      settleLoop({
        read: () => observeSubject(subject, options),
        want,
        holdMs,
        settleMs,
        now: () => performance.now(),
        wait: (ms) => new Promise((done) => setTimeout(done, ms)),
        signal: options.signal,
      }),
    async listed(name, fillings = {}) {
      const { document } = await read(name, fillings)
      return itemsOf(document, observe[name]!, fillings)
    },
    syncStatus: async () => (await read('sync_status', {})).document,
    async status() {
      if (!sources.has('status')) return undefined
      const { status, headers, body } = await read('status', {})
      return { observer: 'status', body, ...(status !== undefined && { status }), ...(headers && { headers }) }
    },
    sightings() {
      const kept = sightings
      sightings = []
      bytes = 0
      latest.clear()
      return kept
    },
    async close() {
      agent.destroy()
      for (const source of sources.values()) await source.close?.()
    },
  }
}

const reasonOf = (error: unknown): string => {
  const { message, code } = error as NodeJS.ErrnoException
  return message || code || 'it could not be read'
}

/** The paths of the log files that the contract declares. */
export const logFiles = ({ observe, dir }: Contract): string[] => observe.logs.map((file) => resolve(dir, file))

import { randomBytes } from 'node:crypto'
import { createClient, ErrorReply } from '@redis/client'
import { z } from 'zod'
import type { Finding } from '../kernel/record.ts'
import { type CheckContext, defineCheck, fail, type Outcome, pass, undecided } from './define.ts'
import { emptyExpect, hasAny } from './expect/presence.ts'
import { clipped } from './expect/shown.ts'
import { orAborted } from './network/abort.ts'
import { checkReach } from './network/reach.ts'
import { codeOf, unreachable } from './network/trouble.ts'
import { durationMs } from './options/duration.ts'
import { inShell, resolveServerUrl, serverUrl } from './options/reference.ts'
import { sabotageRedis } from './sabotage/redis.ts'

const expectation = z
  .strictObject({
    ping: z.literal(true).optional().describe('PING is answered'),
    roundtrip: z.literal(true).optional().describe('A value that is set can be read and deleted'),
    maxLatency: durationMs.optional().describe('Slowest command; connecting does not count'),
  })
  .refine(hasAny, emptyExpect)

const options = z.strictObject({
  url: serverUrl.describe('{ env: NAME } of a URL, or the URL: redis://… or rediss://…'),
  expect: expectation,
})

type Expectation = z.output<typeof expectation>

/** Long enough for one round trip; should the deletion not happen, the server forgets the key by itself. */
const lifetimeSeconds = 30

/** PING, and a random key of our own that is set, read and deleted; no other key is read or written. */
export const redisCheck = defineCheck({
  type: 'redis',
  sabotage: sabotageRedis,
  summary: 'Checks that Redis answers, keeps a value, and how fast',
  options,
  example: { url: { env: 'REDIS_URL' }, expect: { ping: true, roundtrip: true, maxLatency: '50ms' } },
  async run({ url: reference, expect }, context): Promise<Outcome> {
    const reproduce = [`redis-cli -u ${inShell(reference)} ping`]
    try {
      const url = resolveServerUrl(reference, context)
      if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
        return { ...undecided('the Redis URL begins with neither redis:// nor rediss://'), reproduce }
      }
      checkReach(new URL(url).hostname, context.offline)
      return { ...(await probe(url, expect, context)), reproduce }
    } catch (error) {
      if (error instanceof ErrorReply) return { ...undecided(`Redis refused: ${clipped(error.message)}`), reproduce }
      return { ...unreachable('Redis', asNetworkError(error), context.signal), reproduce }
    }
  },
})

async function probe(url: string, expect: Expectation, { signal }: CheckContext): Promise<Outcome> {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 10_000, reconnectStrategy: false },
  })
  // Errors reach us through the call that meets them.
  client.on('error', () => {})
  const work = async () => {
    await client.connect()
    return await judge(client, expect)
  }
  try {
    return await orAborted(signal, work, () => client.destroy())
  } finally {
    if (client.isOpen) client.destroy()
  }
}

/** The four commands that are ever sent. */
interface Client {
  ping(): Promise<string>
  set(
    key: string,
    value: string,
    options: { condition: 'NX'; expiration: { type: 'EX'; value: number } },
  ): Promise<string | null>
  get(key: string): Promise<string | null>
  del(key: string): Promise<number>
}

async function judge(client: Client, expect: Expectation): Promise<Outcome> {
  const findings: Finding[] = []
  const latencies: Record<string, number> = {}
  const timed = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    const started = performance.now()
    const result = await call()
    latencies[name] = Math.round((performance.now() - started) * 100) / 100
    return result
  }
  const pong = await timed('ping', () => client.ping())
  if (pong !== 'PONG') findings.push({ subject: 'PING', expected: 'PONG', actual: clipped(String(pong)) })
  if (expect.roundtrip) findings.push(...(await roundtrip(client, timed)))
  const slowest = Math.max(...Object.values(latencies))
  if (expect.maxLatency !== undefined && slowest > expect.maxLatency) {
    findings.push({ subject: 'latency', expected: `<= ${expect.maxLatency} ms`, actual: `${slowest} ms` })
  }
  const details = { latencyMs: latencies }
  return findings.length === 0
    ? pass(details)
    : fail(`Redis: ${findings[0]!.subject} not as expected`, findings, details)
}

async function roundtrip(
  client: Client,
  timed: <T>(name: string, call: () => Promise<T>) => Promise<T>,
): Promise<Finding[]> {
  const key = `gatekit:probe:${randomBytes(16).toString('hex')}`
  const value = randomBytes(16).toString('hex')
  try {
    await timed('set', () =>
      client.set(key, value, { condition: 'NX', expiration: { type: 'EX', value: lifetimeSeconds } }),
    )
    const read = await timed('get', () => client.get(key))
    const deleted = await timed('del', () => client.del(key))
    const findings: Finding[] = []
    if (read !== value)
      findings.push({
        subject: 'GET after SET',
        expected: 'the same value',
        actual: read === null ? 'nothing' : 'another value',
      })
    if (deleted !== 1) findings.push({ subject: 'DEL', expected: '1', actual: String(deleted) })
    return findings
  } catch (error) {
    // A replica, a full memory, a user without rights: the server is there and does not keep what it is given.
    if (!(error instanceof ErrorReply)) throw error
    return [{ subject: 'SET, GET, DEL', expected: 'accepted', actual: clipped(error.message) }]
  }
}

/** The client reports a connection that closed by a class of its own, without a code. */
const asNetworkError = (error: unknown): unknown => {
  if (!(error instanceof Error) || codeOf(error) !== undefined) return error
  return /closed|timeout|terminated/i.test(`${error.constructor.name} ${error.message}`)
    ? Object.assign(new Error(error.message), { code: /timeout/i.test(error.message) ? 'ETIMEDOUT' : 'ECONNRESET' })
    : error
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '@redis/client'
import { redisCheck } from '../../src/checks/redis.ts'
import { createBench, runCheck } from '../support/check-context.ts'
import { deadUrl } from '../support/http-server.ts'
import { need } from '../support/need.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'
import { startTcpServer } from '../support/tcp-server.ts'

const expect = { ping: true, roundtrip: true } as const

async function keysOf({ url }: RedisServer): Promise<string[]> {
  const client = await createClient({ url }).connect()
  try {
    return await client.keys('*')
  } finally {
    client.destroy()
  }
}

test('a Redis that keeps values passes, and nothing of ours stays in it', need('redis'), async (t) => {
  const server = await startRedis()
  t.after(() => server.stop())
  const bench = await createBench(t)
  const outcome = await runCheck(redisCheck, { url: server.url, expect: { ...expect, maxLatency: '30s' } }, bench)
  assert.equal(outcome.status, 'PASS')
  assert.deepEqual(await keysOf(server), [])
})

test('a Redis that answers PING and keeps nothing fails', need('redis'), async (t) => {
  const server = await startRedis({ args: ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'] })
  t.after(() => server.stop())
  const bench = await createBench(t)
  const outcome = await runCheck(redisCheck, { url: server.url, expect }, bench)
  assert.equal(outcome.status, 'FAIL')
  assert.match(outcome.findings?.[0]?.actual ?? '', /OOM/)
  assert.equal((await runCheck(redisCheck, { url: server.url, expect: { ping: true } }, bench)).status, 'PASS')
})

test(
  'a password comes from the environment and is never shown; without it the check is ERROR',
  need('redis'),
  async (t) => {
    const server = await startRedis({ password: 'opaque-redis-123' })
    t.after(() => server.stop())
    const bench = await createBench(t)
    bench.values['REDIS_URL'] = server.url
    const right = await runCheck(redisCheck, { url: { env: 'REDIS_URL' }, expect }, bench)
    const wrong = await runCheck(redisCheck, { url: `redis://127.0.0.1:${server.port}`, expect }, bench)
    assert.deepEqual([right.status, wrong.status], ['PASS', 'ERROR'])
    assert.match(wrong.reason ?? '', /NOAUTH/)
    assert.doesNotMatch(JSON.stringify(right), /opaque/)
    assert.match(bench.secrets.redact('opaque-redis-123'), /redacted/)
  },
)

test('a server that is away, silent, or another one is ERROR', async (t) => {
  const silent = await startTcpServer(t)
  const http = await startTcpServer(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const stop = new AbortController()
  const bench = await createBench(t, { signal: stop.signal })
  const dead = (await deadUrl()).replace('http', 'redis')

  const away = await runCheck(redisCheck, { url: dead, expect }, bench)
  const other = await runCheck(redisCheck, { url: `redis://127.0.0.1:${http.port}`, expect }, bench)
  const waiting = runCheck(redisCheck, { url: `redis://127.0.0.1:${silent.port}`, expect }, bench)
  await silent.visited
  stop.abort(new DOMException('too long', 'TimeoutError'))

  assert.deepEqual([away.status, away.cause], ['ERROR', 'connect'])
  assert.equal(other.status, 'ERROR')
  const stopped = await waiting
  assert.deepEqual([stopped.status, stopped.cause], ['ERROR', 'timeout'])
})

test('a password written into the gate file is refused', () => {
  assert.equal(redisCheck.options.safeParse({ url: 'redis://:pw@127.0.0.1/', expect }).success, false)
  assert.equal(redisCheck.options.safeParse({ url: 'redis://127.0.0.1/', expect: {} }).success, false)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpCheck } from '../../src/checks/http.ts'
import { createBench, findingsOf, runCheck } from '../support/check-context.ts'
import { bodyOf, deadUrl, sendJson, startServer } from '../support/http-server.ts'

const session = {
  url: 'https://checkout.stripe.com/c/pay/cs_test_a1',
  livemode: false,
  lines: [{ qty: 1 }, { qty: 2 }],
}

test('an answer as expected passes, exports values and records who answered', async (t) => {
  const url = await startServer(t, (_, response) => sendJson(response, session))
  const bench = await createBench(t, { environment: { name: 'dev', mode: 'test', baseUrl: `${url}/` } })

  const outcome = await runCheck(
    httpCheck,
    {
      request: { method: 'POST', path: '/checkout', json: { plan: 'pro' } },
      expect: {
        status: [200, 201],
        headers: { 'Content-Type': { match: '^application/json' } },
        json: {
          '$.url': { match: '/cs_test_' },
          '$.livemode': false,
          '$.lines[*].qty': { gte: 1 },
          '$.error': { absent: true },
        },
        body: { contains: 'cs_test_', notContains: 'cs_live_' },
        maxLatency: '30s',
      },
      export: { checkout_url: '$.url' },
    },
    bench,
  )

  assert.equal(outcome.status, 'PASS')
  assert.deepEqual(outcome.exports, { checkout_url: session.url })
  assert.equal(outcome.details?.['address'], '127.0.0.1')
  assert.equal(outcome.details?.['checkout_url'], session.url)
  assert.match(bench.kept.get('exchange.json') ?? '', /cs_test_a1/)
})

test('every expectation that does not hold is a finding of its own', async (t) => {
  const url = await startServer(t, (_, response) => sendJson(response, { ...session, livemode: true }, 201))
  const outcome = await runCheck(
    httpCheck,
    {
      request: { url },
      expect: {
        status: 200,
        headers: { 'x-frame-options': 'DENY' },
        json: { '$.livemode': false, '$.mode': 'sandbox', '$.lines[*].qty': { gte: 2 }, '$.url': { absent: true } },
        body: { contains: 'nowhere' },
      },
      export: { id: '$.id' },
    },
    await createBench(t),
  )

  assert.equal(outcome.status, 'FAIL')
  assert.deepEqual(
    outcome.findings?.map(({ subject }) => subject),
    ['status', 'header x-frame-options', 'body', '$.livemode', '$.mode', '$.lines[0].qty', '$.url', 'export id'],
  )
})

test('an error page never satisfies a check that forgot the status', async (t) => {
  const url = await startServer(t, (_, response) => sendJson(response, session, 500))
  const outcome = await runCheck(
    httpCheck,
    { request: { url }, expect: { json: { '$.livemode': false } } },
    await createBench(t),
  )
  assert.equal(outcome.status, 'FAIL')
  assert.equal(outcome.cause, 'http-5xx')
  assert.deepEqual(findingsOf(outcome), ['status: below 400 -> 500'])
})

test('what may have had an effect is not called repeatable: a POST without a key has no cause, one with a key has', async (t) => {
  const url = await startServer(t, (_, response) => sendJson(response, {}, 503))
  const causeOf = async (request: object) =>
    (await runCheck(httpCheck, { request: { url, ...request }, expect: { status: 200 } }, await createBench(t))).cause
  assert.equal(await causeOf({ method: 'POST', json: {} }), undefined)
  assert.equal(await causeOf({ method: 'POST', json: {}, headers: { 'Idempotency-Key': 'k-1' } }), 'http-5xx')
  assert.equal(await causeOf({ method: 'GET' }), 'http-5xx')
})

test('a page where JSON was promised fails with the beginning of the page', async (t) => {
  const url = await startServer(t, (_, response) => response.end('<html>oops</html>'))
  const outcome = await runCheck(
    httpCheck,
    { request: { url }, expect: { status: 200, json: { '$.ok': true } } },
    await createBench(t),
  )
  assert.deepEqual(findingsOf(outcome), ['body: JSON -> <html>oops</html>'])
})

test('an answer slower than allowed fails', async (t) => {
  const url = await startServer(t, (_, response) => void setTimeout(() => response.end('late'), 30))
  const outcome = await runCheck(
    httpCheck,
    { request: { url }, expect: { status: 200, maxLatency: '10ms' } },
    await createBench(t),
  )
  assert.equal(outcome.findings?.[0]?.subject, 'latency')
})

test('secrets reach the server and nothing else', async (t) => {
  let seen = ''
  const url = await startServer(t, async (request, response) => {
    seen = `${request.headers.authorization} ${request.headers['x-token']} ${await bodyOf(request)}`
    response.end('ok')
  })
  const bench = await createBench(t)
  Object.assign(bench.values, { API_KEY: 'opaque-key-123456', TOKEN: 'opaque-token-654321' })

  const outcome = await runCheck(
    httpCheck,
    {
      request: {
        method: 'POST',
        url,
        auth: { bearer: { env: 'API_KEY' } },
        headers: { 'x-token': { env: 'TOKEN' } },
        form: { amount: 100, token: { env: 'TOKEN' } },
      },
      expect: { status: 200 },
    },
    bench,
  )

  assert.equal(seen, 'Bearer opaque-key-123456 opaque-token-654321 amount=100&token=opaque-token-654321')
  const published = bench.secrets.redact(JSON.stringify([outcome, [...bench.kept]]))
  assert.doesNotMatch(published, /opaque/)
  assert.equal(
    outcome.reproduce?.[0],
    `curl -sS -i -X POST -H "Authorization: Bearer $API_KEY" -H "x-token: $TOKEN" --data-urlencode amount=100 --data-urlencode token="$TOKEN" ${url}/`,
  )
})

test('redirects are judged, and followed only when asked, without credentials to another origin', async (t) => {
  const seen: (string | undefined)[] = []
  const target = await startServer(t, (request, response) => {
    seen.push(request.headers.authorization)
    response.end('there')
  })
  const url = await startServer(t, (_, response) => response.writeHead(302, { location: `${target}/x` }).end())
  const bench = await createBench(t)
  bench.values['KEY'] = 'opaque-key-123456'
  const request = { url, auth: { bearer: { env: 'KEY' } } }

  const judged = await runCheck(httpCheck, { request, expect: { status: 302 } }, bench)
  const followed = await runCheck(httpCheck, { request, redirects: 1, expect: { status: 200 } }, bench)

  assert.deepEqual([judged.status, followed.status], ['PASS', 'PASS'])
  assert.deepEqual(seen, [undefined])
})

test('what cannot be reached is ERROR with its cause', async (t) => {
  const bench = await createBench(t)
  const expect = { status: 200 }
  const refused = await runCheck(httpCheck, { request: { url: await deadUrl() }, expect }, bench)
  const unknown = await runCheck(httpCheck, { request: { url: 'http://no-such-host.invalid/' }, expect }, bench)
  const noBase = await runCheck(httpCheck, { request: { path: '/x' }, expect }, bench)
  const noKey = await runCheck(
    httpCheck,
    { request: { url: await deadUrl(), auth: { bearer: { env: 'NOPE' } } }, expect },
    bench,
  )

  assert.deepEqual(
    [refused, unknown, noBase, noKey].map(({ status, cause }) => [status, cause]),
    [
      ['ERROR', 'connect'],
      ['ERROR', 'connect'],
      ['ERROR', 'other'],
      ['ERROR', 'other'],
    ],
  )
  assert.match(refused.reason ?? '', /connection refused/)
  assert.match(noBase.reason ?? '', /--base-url/)
  assert.match(noKey.reason ?? '', /NOPE is not set/)
})

test('a connection that breaks in the middle of the answer is ERROR', async (t) => {
  const url = await startServer(t, (_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('part')
    setImmediate(() => response.destroy())
  })
  const outcome = await runCheck(httpCheck, { request: { url }, expect: { status: 200 } }, await createBench(t))
  assert.equal(outcome.status, 'ERROR')
})

test('an endless answer is cut off and is ERROR', async (t) => {
  const url = await startServer(t, (_, response) => {
    const more = () => void (response.destroyed || response.write('x'.repeat(65536), () => setImmediate(more)))
    more()
  })
  const outcome = await runCheck(httpCheck, { request: { url }, expect: { status: 200 } }, await createBench(t))
  assert.equal(outcome.status, 'ERROR')
  assert.match(outcome.reason ?? '', /longer than 4 MiB/)
})

test('offline, only this machine is contacted', async (t) => {
  const url = await startServer(t, (_, response) => response.end('ok'))
  const bench = await createBench(t, { offline: true })
  const here = await runCheck(httpCheck, { request: { url }, expect: { status: 200 } }, bench)
  const away = await runCheck(httpCheck, { request: { url: 'http://192.0.2.1/' }, expect: { status: 200 } }, bench)
  assert.equal(here.status, 'PASS')
  assert.match(away.reason ?? '', /--offline/)
})

test('requests that could go astray and expectations that accept everything are refused', () => {
  const url = 'http://127.0.0.1/'
  const wrong = [
    { request: { url }, expect: {} },
    { request: { url }, expect: { json: {} } },
    { request: { url }, expect: { headers: {} } },
    { request: { url }, expect: { json: { '$.x': {} } } },
    { request: { url }, expect: { json: { '$.x': { mtach: 'x' } } } },
    { request: { url }, expect: { json: { '$.x': { match: '(' } } } },
    { request: { url }, expect: { status: 200, statsu: 200 } },
    { request: { path: '//elsewhere/x' }, expect: { status: 200 } },
    { request: { path: '/x', url }, expect: { status: 200 } },
    { request: { url: 'file:///etc/passwd' }, expect: { status: 200 } },
    { request: { url: 'http://user:pw@127.0.0.1/' }, expect: { status: 200 } },
    { request: { url, headers: { 'x-a': 'b\r\nx-c: d' } }, expect: { status: 200 } },
    { request: { url, json: 1, body: 'x' }, expect: { status: 200 } },
  ]
  for (const options of wrong)
    assert.equal(httpCheck.options.safeParse(options).success, false, JSON.stringify(options))
})

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { histogramQuantile, parsePrometheus } from '../../src/checks/metrics/prometheus.ts'
import { metricsCheck } from '../../src/checks/metrics.ts'
import { createBench, runCheck } from '../support/check-context.ts'
import { startServer } from '../support/http-server.ts'

const page = `# HELP webhook_events_total Events.
# TYPE webhook_events_total counter
webhook_events_total{status="success",path="/a \\"b\\" {c}"} 995
webhook_events_total{status="failed"} 5 1690000000000
webhook_duration_seconds_bucket{le="1"} 900
webhook_duration_seconds_bucket{le="5"} 990
webhook_duration_seconds_bucket{le="+Inf"} 1000
webhook_duration_seconds_count 1000
`
const share = {
  metric: 'webhook_events_total',
  labels: { status: 'success' },
  over: { metric: 'webhook_events_total' },
  minimum: 100,
}

async function judge(t: TestContext, text: string, rules: object[], status = 200) {
  const baseUrl = await startServer(t, (_, response) => response.writeHead(status).end(text))
  const bench = await createBench(t, { environment: { name: 'dev', mode: 'test', baseUrl } })
  const options = { request: { path: '/metrics' }, expect: rules } as Parameters<typeof runCheck>[1]
  return runCheck(metricsCheck, options as never, bench)
}

test('shares, quantiles and sums are held against their thresholds', async (t) => {
  const good = await judge(t, page, [
    { ...share, value: { gt: 0.99 } },
    { metric: 'webhook_duration_seconds', quantile: 0.95, value: { lt: 5 } },
    { metric: 'webhook_events_total', labels: { status: 'failed' }, value: { lte: 5 } },
  ])
  assert.equal(good.status, 'PASS', JSON.stringify(good))

  const bad = await judge(t, page, [{ ...share, value: { gt: 0.999 } }])
  assert.equal(bad.status, 'FAIL')
  assert.deepEqual(bad.findings, [
    { subject: 'webhook_events_total / webhook_events_total', expected: '> 0.999', actual: '0.995' },
  ])
})

test('a service that has counted too little, or never heard of the metric, is NO_DATA', async (t) => {
  assert.equal((await judge(t, page, [{ ...share, minimum: 5000, value: { gt: 0.99 } }])).status, 'NO_DATA')
  assert.equal((await judge(t, page, [{ metric: 'nothing_total', value: { lte: 5 } }])).status, 'NO_DATA')
  assert.equal((await judge(t, '', [{ ...share, value: { gt: 0 } }])).status, 'NO_DATA')
})

test('an answer that is no page of metrics is an ERROR', async (t) => {
  assert.match((await judge(t, '<html>', [{ ...share, value: 1 }])).reason ?? '', /line 1 is no sample/)
  assert.match((await judge(t, page, [{ ...share, value: 1 }], 503)).reason ?? '', /answered 503/)
})

test('a quantile lies inside its bucket, and at the last bound when it is beyond', () => {
  const buckets = parsePrometheus(page).filter(({ name }) => name.endsWith('_bucket'))
  assert.equal(histogramQuantile(buckets, 0.45), 0.5)
  assert.equal(histogramQuantile(buckets, 0.945), 3)
  assert.equal(histogramQuantile(buckets, 0.999), 5)
  assert.equal(histogramQuantile([], 0.5), undefined)
})

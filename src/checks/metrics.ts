import { z } from 'zod'
import type { Finding } from '../kernel/record.ts'
import { defineCheck, fail, noData, type Outcome, pass, undecided } from './define.ts'
import { matcherSchema, mismatch } from './expect/matcher.ts'
import { shown } from './expect/shown.ts'
import { histogramQuantile, parsePrometheus, type Sample, selectSamples } from './metrics/prometheus.ts'
import { curlLine } from './network/curl.ts'
import { BodyTooLong, send } from './network/exchange.ts'
import { buildRequest, MissingBaseUrl, requestSchema } from './network/request.ts'
import { unreachable } from './network/trouble.ts'
import { sabotageMetrics } from './sabotage/metrics.ts'

const metric = z.string().regex(/^[A-Za-z_:][\w:]*$/, { error: 'expected the name of a metric' })
const labels = z.record(z.string().min(1), matcherSchema).optional().describe('Values or rules by label')

const rule = z
  .strictObject({
    metric: metric.describe('A counter or gauge, summed over its labels; with quantile a histogram without _bucket'),
    labels,
    over: z.strictObject({ metric, labels }).optional().describe('Divides by the sum of this: a share'),
    quantile: z.number().gt(0).lt(1).optional(),
    minimum: z.number().gt(0).default(1).describe('Least that the divisor, or the observations, must add up to'),
    value: matcherSchema,
  })
  .refine(({ over, quantile }) => over === undefined || quantile === undefined, { error: 'either over or quantile' })

type Rule = z.output<typeof rule>

const options = z.strictObject({ request: requestSchema, expect: z.array(rule).min(1) })

/** Thresholds over what an application counts itself. A service that has counted nothing yet has not proved itself: NO_DATA. */
export const metricsCheck = defineCheck({
  type: 'metrics',
  sabotage: sabotageMetrics,
  summary: 'Reads a Prometheus endpoint and judges sums, shares and quantiles against thresholds',
  options,
  example: {
    request: { path: '/metrics' },
    expect: [
      {
        metric: 'webhook_events_total',
        labels: { status: 'success' },
        over: { metric: 'webhook_events_total' },
        minimum: 100,
        value: { gt: 0.99 },
      },
      { metric: 'webhook_duration_seconds', quantile: 0.95, value: { lt: 5 } },
    ],
  },
  async run({ request: asked, expect }, context): Promise<Outcome> {
    const reproduce = [curlLine(asked, context)]
    try {
      const request = buildRequest(asked, context)
      const { response } = await send(request, { signal: context.signal, offline: context.offline })
      if (response.status !== 200) return { ...undecided(`the metrics answered ${response.status}`), reproduce }
      await context.evidence('metrics.txt', response.body)
      return { ...judge(parsePrometheus(response.body), expect), reproduce }
    } catch (error) {
      if (error instanceof SyntaxError)
        return { ...undecided(`the metrics cannot be read: ${error.message}`), reproduce }
      if (error instanceof MissingBaseUrl || error instanceof BodyTooLong)
        return { ...undecided(error.message), reproduce }
      return { ...unreachable(`GET ${asked.url ?? asked.path}`, error, context.signal), reproduce }
    }
  },
})

function judge(samples: readonly Sample[], rules: readonly Rule[]): Outcome {
  const findings: Finding[] = []
  const missing: string[] = []
  const details: Record<string, unknown> = { samples: samples.length }
  for (const rule of rules) {
    const name = nameOf(rule)
    const measured = measure(samples, rule)
    if (typeof measured === 'string') {
      missing.push(measured)
      continue
    }
    if (Number.isNaN(measured)) {
      missing.push(`${name} is NaN`)
      continue
    }
    details[name] = Number(measured.toPrecision(6))
    const expected = mismatch(rule.value, measured)
    if (expected !== undefined) findings.push({ subject: name, expected, actual: shown(measured) })
  }
  if (findings.length > 0) return fail(`${findings.length} thresholds are broken`, findings, details)
  return missing.length > 0 ? noData(missing.join('; '), details) : pass(details)
}

const nameOf = ({ metric, over, quantile }: Rule): string =>
  quantile === undefined ? (over ? `${metric} / ${over.metric}` : metric) : `${metric} p${quantile * 100}`

const sum = (samples: readonly Sample[]): number => samples.reduce((total, { value }) => total + value, 0)

/** The value of a rule, or why there is none. */
function measure(samples: readonly Sample[], { metric, labels, over, quantile, minimum }: Rule): number | string {
  if (quantile !== undefined) {
    const counted = sum(selectSamples(samples, `${metric}_count`, labels))
    if (counted < minimum) return `${metric}: ${counted} observations, fewer than ${minimum}`
    return histogramQuantile(selectSamples(samples, `${metric}_bucket`, labels), quantile) ?? `${metric} has no buckets`
  }
  const chosen = selectSamples(samples, metric, labels)
  if (!over) return chosen.length === 0 ? `no sample of ${metric}` : sum(chosen)
  const divisor = sum(selectSamples(samples, over.metric, over.labels))
  return divisor < minimum ? `${over.metric} adds up to ${divisor}, less than ${minimum}` : sum(chosen) / divisor
}

import { z } from 'zod'
import { jsonPathSchema } from '../kernel/json-path.ts'
import type { Finding } from '../kernel/record.ts'
import type { SecretHit, Secrets } from '../kernel/secrets.ts'
import { defineCheck, fail, type Outcome, pass, undecided } from './define.ts'
import { exportJson, type JsonExpectation, jsonExpectation, judgeJson, parseJsonBody } from './expect/json.ts'
import { matcherSchema, mismatch } from './expect/matcher.ts'
import { emptyExpect, hasAny } from './expect/presence.ts'
import { shown } from './expect/shown.ts'
import { judgeText, textExpectation } from './expect/text.ts'
import { curlLine } from './network/curl.ts'
import { BodyTooLong, type Exchange, type Response, send } from './network/exchange.ts'
import { buildRequest, MissingBaseUrl, requestSchema } from './network/request.ts'
import { transcript } from './network/transcript.ts'
import { unreachable } from './network/trouble.ts'
import { durationMs } from './options/duration.ts'
import { sabotageHttp } from './sabotage/http.ts'

const status = z.int().min(100).max(599)

const expectation = z
  .strictObject({
    status: z
      .union([status, z.array(status).min(1)])
      .optional()
      .describe('One status, or a list of accepted ones; any below 400 when absent'),
    headers: z
      .record(z.string(), matcherSchema)
      .refine(hasAny, emptyExpect)
      .optional()
      .describe('Values or rules by header name'),
    json: jsonExpectation.optional(),
    body: textExpectation.optional(),
    maxLatency: durationMs.optional().describe('From connecting to the last byte'),
    tls: z
      .strictObject({ validFor: durationMs.describe('How long the certificate must still hold') })
      .optional()
      .describe('The connection is encrypted, with a certificate that does not end soon'),
  })
  .refine(hasAny, emptyExpect)

const options = z.strictObject({
  request: requestSchema,
  expect: expectation,
  export: z
    .record(z.string().regex(/^\w+$/), jsonPathSchema)
    .optional()
    .describe('Values that later checks read, by JSONPath'),
  redirects: z.int().min(0).max(10).default(0).describe('How many redirects to follow; 0 judges the redirect itself'),
})

/** One request over a connection of its own; an unreachable target is ERROR, an answer other than expected is FAIL. */
export const httpCheck = defineCheck({
  type: 'http',
  sabotage: sabotageHttp,
  summary: 'Sends one HTTP request and judges the answer: status, headers, JSON, text, latency',
  options,
  example: {
    request: { method: 'POST', path: '/api/stripe_ext/checkout', json: { plan: 'pro', email: 'test@example.com' } },
    expect: {
      status: 200,
      json: { '$.url': { match: '^https://checkout\\.stripe\\.com/c/pay/cs_test_' }, '$.livemode': false },
      maxLatency: '2s',
    },
    export: { checkout_url: '$.url' },
  },
  async run(options, context): Promise<Outcome> {
    const reproduce = [curlLine(options.request, context)]
    let exchange: Exchange
    try {
      const request = buildRequest(options.request, context)
      context.progress(`${request.method} ${request.url.host}${request.url.pathname}`)
      exchange = await send(request, { signal: context.signal, offline: context.offline, redirects: options.redirects })
    } catch (error) {
      if (error instanceof MissingBaseUrl || error instanceof BodyTooLong) {
        return { ...undecided(error.message), reproduce }
      }
      return { ...unreachable(targetOf(options.request), error, context.signal), reproduce }
    }
    await context.evidence('exchange.json', transcript(exchange))
    return {
      ...judge(exchange, options, context.clock.now()),
      reproduce,
      leaks: leaksIn(exchange.response, context.secrets),
    }
  },
})

type Options = z.output<typeof options>

/** Secrets that the run knows and the answer repeats, in whatever encoding. What only looks like a secret is the sweep's matter. */
function leaksIn({ headers, body }: Response, secrets: Secrets): SecretHit[] {
  const known = new Set(secrets.registered().map(({ name }) => name))
  const text = `${Object.values(headers).join('\n')}\n${body}`
  return secrets.sweep(text).filter(({ name }) => known.has(name))
}

const targetOf = ({ method, path, url }: Options['request']): string => `${method} ${url ?? path}`

function judge(exchange: Exchange, { expect, export: paths = {} }: Options, now: number): Outcome {
  const { response, timing, peer, request } = exchange
  const findings = [...judgeStatus(response, expect.status), ...judgeHeaders(response, expect.headers ?? {})]
  if (expect.body) findings.push(...judgeText('body', response.body, expect.body))
  const read = readJson(response, expect.json, paths)
  findings.push(...read.findings)
  if (expect.maxLatency !== undefined && timing.totalMs > expect.maxLatency) {
    findings.push({ subject: 'latency', expected: `<= ${expect.maxLatency} ms`, actual: `${timing.totalMs} ms` })
  }
  if (expect.tls) findings.push(...judgeCertificate(peer, expect.tls.validFor, now))
  const details = {
    ...read.exports,
    status: response.status,
    host: request.url.host,
    ...(peer.address && { address: peer.address }),
    ...(peer.tls && { tls: peer.tls }),
    latencyMs: timing.totalMs,
  }
  if (findings.length === 0) return { ...pass(details), exports: read.exports }
  const reason = `${request.method} ${request.url.pathname}: ${findings.map(({ subject }) => subject).join(', ')} not as expected`
  return { ...fail(reason, findings, details), ...serverTrouble(exchange, findings) }
}

function judgeCertificate({ tls }: Exchange['peer'], validForMs: number, now: number): Finding[] {
  const expected = `valid for ${Math.round(validForMs / 86_400_000)} more days`
  if (!tls) return [{ subject: 'certificate', expected, actual: 'a connection without TLS' }]
  const left = Date.parse(tls.validTo) - now
  return left >= validForMs ? [] : [{ subject: 'certificate', expected, actual: `ends ${tls.validTo}` }]
}

function judgeStatus({ status }: Response, wanted: number | number[] | undefined): Finding[] {
  // Without a status of its own a check of the body or the latency must not be content with an error page.
  if (wanted === undefined)
    return status < 400 ? [] : [{ subject: 'status', expected: 'below 400', actual: String(status) }]
  if ([wanted].flat().includes(status)) return []
  return [{ subject: 'status', expected: [wanted].flat().join(' or '), actual: String(status) }]
}

function judgeHeaders({ headers }: Response, wanted: NonNullable<Options['expect']['headers']>): Finding[] {
  return Object.entries(wanted).flatMap(([name, matcher]) => {
    const actual = headers[name.toLowerCase()]
    const expected = mismatch(matcher, actual)
    return expected === undefined ? [] : [{ subject: `header ${name.toLowerCase()}`, expected, actual: shown(actual) }]
  })
}

/** Expectations and exports read the same document; a body that is no JSON breaks both with one finding. */
function readJson({ body }: Response, wanted: JsonExpectation | undefined, paths: Record<string, string>) {
  if (!wanted && Object.keys(paths).length === 0) return { exports: {}, findings: [] }
  const parsed = parseJsonBody(body)
  if ('finding' in parsed) return { exports: {}, findings: [parsed.finding] }
  const { exports, findings } = exportJson(parsed.value, paths)
  return { exports, findings: [...judgeJson(parsed.value, wanted ?? {}), ...findings] }
}

/** An unexpected 5xx may pass by itself: says so, with the wait that the server asked for. What may have had an effect is not repeated. */
function serverTrouble({ request, response: { status, headers } }: Exchange, findings: Finding[]): Partial<Outcome> {
  if (status < 500 || !findings.some(({ subject }) => subject === 'status')) return {}
  const hasKey = Object.keys(request.headers).some((name) => name.toLowerCase() === 'idempotency-key')
  if (['POST', 'PATCH'].includes(request.method) && !hasKey) return {}
  const seconds = Number(headers['retry-after'])
  return { cause: 'http-5xx', ...(seconds > 0 && { retryAfterMs: Math.min(seconds, 300) * 1000 }) }
}

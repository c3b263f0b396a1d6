import type { Attempt } from '../rig/define.ts'
import { outcomeOf } from './exchange.ts'
import type { RawRequest } from './request.ts'

/**
 * A request as an API gateway hands it to a function: one JSON event, its body as text or in base64. Rule:
 * docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html.
 */
export function asGatewayEvent(
  request: RawRequest,
  { invoke, base64 }: { invoke: string; base64: boolean },
): RawRequest {
  const { method, path, headers, body, base } = request
  const [bare = '/', query = ''] = path.split('?', 2)
  const multi = Object.entries(headers).map(([name, value]) => [name, [value]])
  const isText = Buffer.from(body.toString('utf8')).equals(body)
  const event = {
    resource: bare,
    path: bare,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(multi),
    queryStringParameters: query === '' ? null : Object.fromEntries(new URLSearchParams(query)),
    pathParameters: null,
    stageVariables: null,
    requestContext: { httpMethod: method, path: bare, stage: 'test', identity: { sourceIp: '127.0.0.1' } },
    body: base64 || !isText ? body.toString('base64') : body.toString('utf8'),
    isBase64Encoded: base64 || !isText,
  }
  return {
    method: 'POST',
    path: invoke,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(event)),
    ...(base !== undefined && { base }),
  }
}

/** What the function answered through the gateway: one that fails, or answers no proxy answer, is a 502. */
export function ofGatewayAnswer(attempt: Attempt): Attempt {
  if (attempt.status !== 200) return attempt
  const answer = parse(attempt.body)
  const status = Number(answer?.statusCode)
  if (!Number.isInteger(status) || status < 100 || status > 599)
    return { ...attempt, status: 502, outcome: outcomeOf(502, undefined) }
  const text = typeof answer?.body === 'string' ? answer.body : ''
  const headers = Object.entries(answer?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)])
  return {
    ...attempt,
    status,
    outcome: outcomeOf(status, undefined),
    headers: Object.fromEntries(headers),
    body: answer?.isBase64Encoded === true ? Buffer.from(text, 'base64').toString('utf8') : text,
  }
}

interface ProxyAnswer {
  statusCode?: unknown
  headers?: Record<string, unknown>
  body?: unknown
  isBase64Encoded?: unknown
}

function parse(text: string): ProxyAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as ProxyAnswer) : undefined
  } catch {
    return undefined
  }
}

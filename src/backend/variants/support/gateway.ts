import type { FastifyInstance } from 'fastify'

interface GatewayEvent {
  httpMethod?: string
  path?: string
  headers?: Record<string, string>
  body?: string | null
  isBase64Encoded?: boolean
}

const invoke = '/2015-03-31/functions/function/invocations'

/** Serves the application behind an API gateway: what is invoked is one JSON event, what is answered another. */
export function serveGateway(app: FastifyInstance, bodyOf: (event: GatewayEvent) => Buffer): void {
  app.post(invoke, { bodyLimit: 6 * 1024 * 1024 }, async ({ body }) => {
    const event = body as GatewayEvent
    const { 'content-length': _, ...headers } = event.headers ?? {}
    const answer = await app.inject({
      method: (event.httpMethod ?? 'POST') as 'POST',
      url: event.path ?? '/',
      headers,
      payload: bodyOf(event),
    })
    const flat = Object.entries(answer.headers).map(([name, value]) => [name, String(value)])
    return {
      statusCode: answer.statusCode,
      headers: Object.fromEntries(flat),
      body: answer.body,
      isBase64Encoded: false,
    }
  })
}

export const decoded = ({ body, isBase64Encoded }: GatewayEvent): Buffer =>
  Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8')

/** The contract of a backend behind a gateway. */
export const behindGateway = (text: string): string =>
  text
    .replace('stripe: { webhook: /webhooks/stripe,', 'stripe: { webhook: /webhooks/stripe, transport: lambda-proxy,')
    .replace(/, A18: "[^"]*"|A18: "[^"]*"(, )?/, '')

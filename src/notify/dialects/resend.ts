import { createHmac } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { defineDialect } from '../define.ts'
import { type Desk, toAttachment, toHeaders } from '../desk.ts'
import { addressOf, type Draft, type Message, type Outcome, type Status } from '../message.ts'

const recipients = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())
const email = z.object({
  from: z.string(),
  to: recipients,
  subject: z.string().default(''),
  cc: recipients.optional(),
  bcc: recipients.optional(),
  reply_to: recipients.optional(),
  text: z.string().optional(),
  html: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  tags: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  attachments: z
    .array(
      z.object({
        filename: z.string().default('attachment'),
        content: z.string().default(''),
        content_type: z.string().optional(),
        content_id: z.string().optional(),
      }),
    )
    .default([]),
  scheduled_at: z.string().optional(),
})
type Email = z.output<typeof email>

/** Resend's errors: status, name and message (https://resend.com/docs/api-reference/errors). */
class ResendError extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const magic: Record<string, Outcome> = {
  delivered: 'delivered',
  bounced: 'bounced',
  complained: 'complained',
  suppressed: 'dropped',
}
const lastEvent: Partial<Record<Status, string>> = {
  accepted: 'queued',
  queued: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  deferred: 'delivery_delayed',
  bounced: 'bounced',
  dropped: 'suppressed',
  complained: 'complained',
  failed: 'failed',
  opened: 'opened',
  clicked: 'clicked',
}

/** Resend: `POST /emails`, `/emails/batch`, `GET /emails/:id`, idempotency keys, Svix-signed events, `…@resend.dev` recipients. */
export const resend = defineDialect({
  name: 'resend',
  summary: 'Resend: emails, batches, idempotency keys, Svix-signed events',
  example: {
    path: '/emails',
    headers: { authorization: 'Bearer re_example', 'content-type': 'application/json' },
    body: '{"from":"Shop <shop@example.test>","to":["ada@example.test"],"subject":"Receipt","text":"Thank you."}',
    status: 200,
    messages: 1,
  },
  retryAfterMs: [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000],

  register(app, desk) {
    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      const known =
        error instanceof ResendError
          ? error
          : new ResendError(error.statusCode ?? 500, 'validation_error', error.message)
      return reply.status(known.status).send({ statusCode: known.status, name: known.code, message: known.message })
    })
    app.post('/emails', (request, reply) =>
      answerOnce(desk, request, reply, (namespace, key) => ({ id: accept(desk, request.body, namespace, key).id })),
    )
    app.post('/emails/batch', (request, reply) =>
      answerOnce(desk, request, reply, (namespace, key) => {
        if (!Array.isArray(request.body) || request.body.length === 0 || request.body.length > 100)
          throw new ResendError(422, 'validation_error', 'A batch has 1 to 100 emails.')
        const drafts = request.body.map((each) => draftOf(desk, each, namespace, key))
        return { data: drafts.map((draft) => ({ id: desk.accept(draft).id })) }
      }),
    )
    app.get('/emails', async (request) => {
      const namespace = desk.namespaceOf(request, authorize(request))
      const found = desk.store.list({ namespace }).filter(({ provider }) => provider === 'resend')
      return { object: 'list', has_more: false, data: found.reverse().slice(0, 100).map(summaryOf) }
    })
    app.get<{ Params: { id: string } }>('/emails/:id', async (request) => {
      const namespace = desk.namespaceOf(request, authorize(request))
      const message = desk.store.get(request.params.id)
      if (message?.provider !== 'resend' || message.namespace !== namespace)
        throw new ResendError(404, 'not_found', 'Email not found')
      return { object: 'email', ...summaryOf(message), html: message.html ?? null, text: message.text ?? null }
    })
  },

  event(message, { status, at }, { secret }, { id }) {
    const name = status === 'queued' || status === 'accepted' ? undefined : lastEvent[status]
    if (!name) return undefined
    const data = {
      created_at: new Date(message.receivedAt).toISOString(),
      email_id: message.id,
      from: message.from,
      to: message.to,
      subject: message.subject,
      tags: message.tags,
      ...(status === 'bounced' && {
        bounce: { type: 'Permanent', subType: 'General', message: 'The recipient does not exist.' },
      }),
    }
    const body = JSON.stringify({ type: `email.${name}`, created_at: new Date(at).toISOString(), data })
    return {
      headers: {
        'content-type': 'application/json',
        ...signSvix(body, secret, `msg_${id(12)}`, Math.floor(at / 1000)),
      },
      body,
    }
  },
})

/** Svix's three headers: HMAC-SHA256 over `id.timestamp.body` with the base64 part of `whsec_…` (https://docs.svix.com). */
function signSvix(body: string, secret: string, id: string, timestamp: number): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'svix-id': id, 'svix-timestamp': String(timestamp), 'svix-signature': `v1,${signature}` }
}

function answerOnce(
  desk: Desk,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (namespace: string, key?: string) => unknown,
): FastifyReply {
  const namespace = desk.namespaceOf(request, authorize(request))
  const key = request.headers['idempotency-key']
  if (key === undefined) return reply.send(work(namespace))
  if (typeof key !== 'string' || key.length < 1 || key.length > 256)
    throw new ResendError(400, 'invalid_idempotency_key', 'The key must be between 1-256 chars.')
  const answer = desk.once({ namespace, path: request.url, key, body: request.body }, () => ({
    status: 200,
    body: work(namespace, key),
  }))
  if (!answer)
    throw new ResendError(409, 'invalid_idempotent_request', 'This idempotency key was used with a different payload.')
  return reply.status(answer.status).send(answer.body)
}

function authorize({ headers }: FastifyRequest): string {
  const [, key] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? []
  if (!key) throw new ResendError(401, 'missing_api_key', 'Missing API key in the authorization header.')
  if (!/^re_\w{3,200}$/.test(key)) throw new ResendError(403, 'invalid_api_key', 'API key is invalid')
  return key
}

const accept = (desk: Desk, body: unknown, namespace: string, key?: string): Message =>
  desk.accept(draftOf(desk, body, namespace, key))

function draftOf(desk: Desk, body: unknown, namespace: string, key: string | undefined): Draft {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  for (const field of ['from', 'to'])
    if (given[field] === undefined) throw new ResendError(422, 'missing_required_field', `Missing \`${field}\` field.`)
  const parsed = email.safeParse(body)
  if (!parsed.success)
    throw new ResendError(422, 'validation_error', `Invalid \`${parsed.error.issues[0]?.path.join('.')}\` field.`)
  const mail = parsed.data
  checkAddresses(mail)
  if (mail.text === undefined && mail.html === undefined)
    throw new ResendError(422, 'validation_error', 'Missing `html` or `text` field.')
  return {
    id: desk.uuid(),
    channel: 'mail',
    namespace,
    ...(key !== undefined && { key }),
    from: mail.from,
    to: mail.to,
    cc: mail.cc ?? [],
    bcc: mail.bcc ?? [],
    subject: mail.subject,
    ...(mail.text !== undefined && { text: mail.text }),
    ...(mail.html !== undefined && { html: mail.html }),
    headers: toHeaders(mail.headers),
    attachments: mail.attachments.map(({ filename, content, content_type, content_id }) =>
      toAttachment(filename, content_type ?? 'application/octet-stream', content, content_id),
    ),
    tags: Object.fromEntries(mail.tags.map(({ name, value }) => [name, value])),
    extra: { reply_to: mail.reply_to ?? [], scheduled_at: mail.scheduled_at ?? null },
    outcome: outcomeOf(mail.to),
  }
}

const address = /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$/

function checkAddresses({ from, to, cc = [], bcc = [], subject }: Email): void {
  if (to.length === 0 || to.length > 50)
    throw new ResendError(422, 'validation_error', 'The `to` field takes 1 to 50 addresses.')
  for (const [field, values] of Object.entries({ from: [from], to, cc, bcc }))
    for (const value of values)
      if (!address.test(addressOf(value)) || /[\r\n]/.test(value))
        throw new ResendError(
          422,
          'validation_error',
          `Invalid \`${field}\` field. Use \`email@example.com\` or \`Name <email@example.com>\`.`,
        )
  if (/[\r\n]/.test(subject)) throw new ResendError(422, 'validation_error', 'Invalid `subject` field.')
}

/** `bounced+label@resend.dev` and its like choose how the message ends. */
function outcomeOf(to: readonly string[]): Outcome {
  for (const each of to) {
    const [, word] = /^([a-z]+)(?:\+[^@]*)?@resend\.dev$/.exec(addressOf(each).toLowerCase()) ?? []
    const found = word && magic[word]
    if (found) return found
  }
  return 'delivered'
}

const summaryOf = (message: Message) => ({
  id: message.id,
  from: message.from,
  to: message.to,
  cc: message.cc,
  bcc: message.bcc,
  reply_to: message.extra.reply_to,
  subject: message.subject,
  created_at: new Date(message.receivedAt).toISOString(),
  last_event: lastEvent[message.status] ?? 'queued',
  scheduled_at: message.extra.scheduled_at,
})

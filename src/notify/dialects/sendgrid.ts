import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { defineDialect } from '../define.ts'
import { type Desk, toAttachment, toHeaders } from '../desk.ts'
import { addressOf, type Draft, type Status } from '../message.ts'

const person = z.object({ email: z.string(), name: z.string().optional() })
const people = z.array(person)
const personalization = z.object({
  to: people.min(1).max(1000),
  cc: people.default([]),
  bcc: people.default([]),
  subject: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  custom_args: z.record(z.string(), z.string()).optional(),
  dynamic_template_data: z.record(z.string(), z.unknown()).optional(),
})
const mail = z.object({
  personalizations: z.array(personalization).min(1).max(1000),
  from: person,
  reply_to: person.optional(),
  subject: z.string().optional(),
  content: z.array(z.object({ type: z.string(), value: z.string().min(1) })).default([]),
  template_id: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  custom_args: z.record(z.string(), z.string()).optional(),
  categories: z.array(z.string()).max(10).default([]),
  attachments: z
    .array(
      z.object({
        content: z.string(),
        filename: z.string(),
        type: z.string().optional(),
        content_id: z.string().optional(),
      }),
    )
    .default([]),
  mail_settings: z.object({ sandbox_mode: z.object({ enable: z.boolean().optional() }).optional() }).optional(),
})
type Mail = z.output<typeof mail>

/** SendGrid's errors are a list of message, field and help. */
class SendGridError extends Error {
  readonly status: number
  readonly field: string | null
  constructor(status: number, message: string, field: string | null = null) {
    super(message)
    this.status = status
    this.field = field
  }
}

const events: Partial<Record<Status, string>> = {
  queued: 'processed',
  delivered: 'delivered',
  deferred: 'deferred',
  bounced: 'bounce',
  dropped: 'dropped',
  failed: 'dropped',
  complained: 'spamreport',
  opened: 'open',
  clicked: 'click',
}

/** SendGrid: `POST /v3/mail/send` with personalizations and sandbox mode, events signed with ECDSA. */
export const sendgrid = defineDialect({
  name: 'sendgrid',
  summary: 'SendGrid: mail send, sandbox mode, ECDSA-signed events',
  example: {
    path: '/v3/mail/send',
    headers: { authorization: 'Bearer SG.example.key', 'content-type': 'application/json' },
    body: '{"personalizations":[{"to":[{"email":"ada@example.test"}]},{"to":[{"email":"bob@example.test"}]}],"from":{"email":"shop@example.test"},"subject":"Receipt","content":[{"type":"text/plain","value":"Thank you."}]}',
    status: 202,
    messages: 2,
  },
  retryAfterMs: [60_000, 300_000, 900_000, 3_600_000, 14_400_000, 43_200_000],

  register(app, desk) {
    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      const known = error instanceof SendGridError ? error : new SendGridError(error.statusCode ?? 500, error.message)
      return reply.status(known.status).send({ errors: [{ message: known.message, field: known.field, help: null }] })
    })
    app.post('/v3/mail/send', (request, reply) => {
      const namespace = desk.namespaceOf(request, authorize(request))
      const parsed = parseMail(request.body)
      const drafts = parsed.personalizations.map((_, index) => draftOf(desk, parsed, index, namespace))
      // Sandbox mode judges the request and sends nothing; the answer is then 200 and not 202.
      if (parsed.mail_settings?.sandbox_mode?.enable) return reply.status(200).send()
      const id = desk.id(11)
      for (const draft of drafts) desk.accept({ ...draft, extra: { ...draft.extra, messageId: id } })
      return reply.status(202).header('x-message-id', id).send()
    })
    app.get('/v3/user/webhooks/event/settings/signed', async (request) => {
      authorize(request)
      return { id: '', public_key: publicKey }
    })
  },

  event(message, { status, at }, { secret }, { id }) {
    const event = events[status]
    if (!event) return undefined
    const rows = message.to.map((recipient, index) => ({
      email: addressOf(recipient),
      timestamp: Math.floor(at / 1000),
      'smtp-id': `<${message.id}@ismtpd.sendgrid.net>`,
      event,
      sg_event_id: id(16),
      sg_message_id: `${message.extra.messageId}.recvd-${message.id}-${index}.0`,
      ...(Object.keys(message.tags).length > 0 && { category: Object.values(message.tags) }),
      ...(message.extra.customArgs as object | undefined),
      ...(status === 'bounced' && {
        type: 'bounce',
        status: '5.1.1',
        reason: '550 5.1.1 The recipient does not exist',
      }),
      ...(status === 'dropped' && { reason: 'Bounced Address' }),
      ...(status === 'deferred' && { response: '451 4.7.1 Try again later', attempt: '1' }),
    }))
    const body = `${JSON.stringify(rows)}\r\n`
    const timestamp = String(Math.floor(at / 1000))
    return { headers: { 'content-type': 'application/json', ...signEvents(body, timestamp, secret) }, body }
  },
})

/** One key pair per process: its public half is read from the settings, as from SendGrid. */
const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')

/** ECDSA P-256 with SHA-256 over timestamp and body. `secret` may hold a private key of one's own as base64 PKCS #8, for a fixed public key. */
function signEvents(body: string, timestamp: string, secret: string): Record<string, string> {
  const key = secret
    ? createPrivateKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'pkcs8' })
    : pair.privateKey
  const signature = sign('sha256', Buffer.from(timestamp + body), key).toString('base64')
  return { 'x-twilio-email-event-webhook-signature': signature, 'x-twilio-email-event-webhook-timestamp': timestamp }
}

function authorize({ headers }: FastifyRequest): string {
  const [, key] = /^Bearer (SG\.[\w.-]{3,200})$/i.exec(headers.authorization ?? '') ?? []
  if (!key) throw new SendGridError(401, 'The provided authorization grant is invalid, expired, or revoked')
  return key
}

const address = /^[^\s@<>,;]+@[^\s@<>,;]+$/

function parseMail(body: unknown): Mail {
  const parsed = mail.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new SendGridError(400, `Bad Request: ${issue?.message ?? 'invalid'}`, issue?.path.join('.') ?? null)
  }
  const { personalizations, from, content, template_id, subject } = parsed.data
  for (const [index, { to, cc, bcc }] of personalizations.entries())
    for (const { email } of [...to, ...cc, ...bcc])
      if (!address.test(email))
        throw new SendGridError(400, 'Does not contain a valid address.', `personalizations.${index}.to`)
  if (!address.test(from.email))
    throw new SendGridError(400, 'The from email does not contain a valid address.', 'from.email')
  if (content.length === 0 && !template_id)
    throw new SendGridError(
      400,
      'Unless a valid template_id is provided, the content parameter is required.',
      'content',
    )
  if (content.some(({ type }, index) => type === 'text/plain' && index > 0))
    throw new SendGridError(400, 'If present, text/plain must be first, followed by text/html.', 'content')
  const hasSubject = subject || template_id || personalizations.every((each) => each.subject)
  if (!hasSubject) throw new SendGridError(400, 'The subject is required.', 'subject')
  return parsed.data
}

function draftOf(desk: Desk, parsed: Mail, index: number, namespace: string): Draft {
  const { to, cc, bcc, ...one } = parsed.personalizations[index] as z.output<typeof personalization>
  const part = (type: string): string | undefined => parsed.content.find((each) => each.type === type)?.value
  const [text, html] = [part('text/plain'), part('text/html')]
  const customArgs = { ...parsed.custom_args, ...one.custom_args }
  return {
    id: desk.uuid(),
    channel: 'mail',
    namespace,
    from: show(parsed.from),
    to: to.map(show),
    cc: cc.map(show),
    bcc: bcc.map(show),
    subject: one.subject ?? parsed.subject ?? '',
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
    headers: { ...toHeaders(parsed.headers), ...toHeaders(one.headers) },
    attachments: parsed.attachments.map((each) =>
      toAttachment(each.filename, each.type ?? 'application/octet-stream', each.content, each.content_id),
    ),
    tags: { ...Object.fromEntries(parsed.categories.map((name) => [name, name])), ...customArgs },
    ...(parsed.template_id && { template: parsed.template_id }),
    extra: { customArgs },
  }
}

const show = ({ email, name }: z.output<typeof person>): string => (name ? `${name} <${email}>` : email)

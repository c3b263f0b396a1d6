import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { defineDialect } from '../define.ts'
import { type Desk, toAttachment, toHeaders } from '../desk.ts'
import { addressOf, type Draft, type Message, type Outcome, type Status } from '../message.ts'

const list = z.string().default('')
const email = z.object({
  From: z.string(),
  To: list,
  Cc: list,
  Bcc: list,
  Subject: z.string().default(''),
  TextBody: z.string().optional(),
  HtmlBody: z.string().optional(),
  ReplyTo: z.string().optional(),
  Tag: z.string().optional(),
  Metadata: z.record(z.string(), z.string()).default({}),
  Headers: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
  Attachments: z
    .array(
      z.object({ Name: z.string(), Content: z.string(), ContentType: z.string(), ContentID: z.string().nullish() }),
    )
    .default([]),
  MessageStream: z.string().default('outbound'),
})

/** Postmark's errors: an HTTP status, a code of their own and a message (https://postmarkapp.com/developer/api/overview#error-codes). */
class PostmarkError extends Error {
  readonly status: number
  readonly code: number
  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const bodyOf = ({ code, message }: PostmarkError) => ({ ErrorCode: code, Message: message })

/** Token that judges a request and sends nothing. */
const testToken = 'POSTMARK_API_TEST'
const testDomain = 'bounce-testing.postmarkapp.com'

/** Local parts at the bounce-testing domain: name and code of the bounce; case and `_` make no difference there. */
const bounces: Record<string, readonly [type: string, code: number]> = {
  hardbounce: ['HardBounce', 1],
  transient: ['Transient', 2],
  unsubscribe: ['Unsubscribe', 16],
  autoresponder: ['AutoResponder', 64],
  dnserror: ['DnsError', 256],
  softbounce: ['SoftBounce', 4096],
  virusnotification: ['VirusNotification', 8192],
  spamnotification: ['SpamNotification', 512],
  spamcomplaint: ['SpamComplaint', 100001],
  manuallydeactivated: ['ManuallyDeactivated', 100002],
  unconfirmed: ['Unconfirmed', 100003],
  blocked: ['Blocked', 100006],
  smtpapierror: ['SMTPApiError', 100007],
  dmarcpolicy: ['DMARCPolicy', 100009],
  templaterenderingfailed: ['TemplateRenderingFailed', 100010],
}

/** Postmark: `POST /email`, `/email/batch`, the test token, bounce-testing addresses that also suppress, unsigned events. */
export const postmark = defineDialect({
  name: 'postmark',
  summary: 'Postmark: email, batches, test token, bounces that suppress',
  example: {
    path: '/email',
    headers: { 'x-postmark-server-token': 'example-token', 'content-type': 'application/json' },
    body: '{"From":"shop@example.test","To":"ada@example.test","Subject":"Receipt","TextBody":"Thank you."}',
    status: 200,
    messages: 1,
  },
  retryAfterMs: [1, 5, 10, 10, 10, 15, 30, 60, 120, 360].map((minutes) => minutes * 60_000),

  register(app, desk) {
    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      if (error instanceof PostmarkError) return reply.status(error.status).send(bodyOf(error))
      const isJson = error.statusCode === 400
      return reply
        .status(isJson ? 422 : (error.statusCode ?? 500))
        .send({ ErrorCode: isJson ? 402 : 0, Message: error.message })
    })
    app.post('/email', async (request) => sendOne(request.body, enter(request)))
    app.post('/email/batch', async (request) => {
      const session = enter(request)
      if (!Array.isArray(request.body)) throw new PostmarkError(422, 402, 'The body is not a list of messages.')
      if (request.body.length > 500) throw new PostmarkError(422, 410, 'A batch has at most 500 messages.')
      return request.body.map((each) => withError(() => sendOne(each, session)))
    })

    function enter(request: FastifyRequest): Session {
      const token = request.headers['x-postmark-server-token']
      if (typeof token !== 'string' || token === '')
        throw new PostmarkError(401, 10, 'No Account or Server API tokens were supplied in the HTTP headers.')
      return { namespace: desk.namespaceOf(request, token), isTest: token === testToken }
    }

    function sendOne(body: unknown, { namespace, isTest }: Session) {
      const draft = draftOf(desk, body, namespace)
      const inactive = draft.to.find((each) => isSuppressed(desk, namespace, each))
      if (inactive)
        throw new PostmarkError(
          422,
          406,
          `You tried to send to a recipient that has been marked as inactive: ${addressOf(inactive)}.`,
        )
      const bounce = draft.to.map(bounceOf).find(Boolean)
      if (!isTest) desk.accept({ ...draft, outcome: outcomeOf(bounce?.[0]) })
      return {
        To: draft.to.join(', '),
        SubmittedAt: new Date(desk.clock.now()).toISOString(),
        MessageID: draft.id,
        ErrorCode: 0,
        Message: isTest ? 'Test job accepted' : 'OK',
      }
    }
  },

  event(message, { status, at }) {
    const time = new Date(at).toISOString()
    const shared = {
      MessageID: message.id,
      Tag: message.extra.tag ?? '',
      Metadata: message.extra.metadata ?? {},
      ServerID: 1,
      MessageStream: message.extra.stream,
    }
    const told = eventOf(message, status, time)
    if (!told) return undefined
    return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...shared, ...told }) }
  },
})

interface Session {
  namespace: string
  isTest: boolean
}

/** The part of an event that depends on its kind; nothing for the steps Postmark does not tell. */
function eventOf(message: Message, status: Status, time: string): Record<string, unknown> | undefined {
  const email = addressOf(message.to[0] ?? '')
  if (status === 'delivered') return { RecordType: 'Delivery', Recipient: email, DeliveredAt: time, Details: 'OK' }
  if (status === 'opened') return { RecordType: 'Open', Recipient: email, ReceivedAt: time, FirstOpen: true }
  if (status === 'clicked') return { RecordType: 'Click', Recipient: email, ReceivedAt: time, OriginalLink: '' }
  const isComplaint = status === 'complained'
  if (!isComplaint && status !== 'bounced' && status !== 'deferred') return undefined
  const [type, code] = isComplaint
    ? ['SpamComplaint', 100001]
    : (message.to.map(bounceOf).find(Boolean) ?? ['HardBounce', 1])
  return {
    RecordType: isComplaint ? 'SpamComplaint' : 'Bounce',
    ID: Number.parseInt(message.id.slice(0, 8), 16),
    Type: type,
    TypeCode: code,
    Name: type,
    Description: 'A bounce made by the sandbox.',
    Details: 'smtp;550 5.1.1 The recipient does not exist',
    Email: email,
    From: addressOf(message.from),
    BouncedAt: time,
    Inactive: type === 'HardBounce' || isComplaint,
    DumpAvailable: false,
    CanActivate: !isComplaint,
    Subject: message.subject,
  }
}

function bounceOf(recipient: string): readonly [string, number] | undefined {
  const [local = '', domain = ''] = addressOf(recipient).toLowerCase().split('@')
  return domain === testDomain ? bounces[local.replaceAll('_', '')] : undefined
}

/** A hard bounce or complaint makes an address inactive; only addresses of the testing domain ever get that far here. */
function isSuppressed({ store }: Desk, namespace: string, recipient: string): boolean {
  const type = bounceOf(recipient)?.[0]
  if (type !== 'HardBounce' && type !== 'SpamComplaint') return false
  const address = addressOf(recipient).toLowerCase()
  return store
    .list({ namespace })
    .some(({ provider, to }) => provider === 'postmark' && to.some((each) => addressOf(each).toLowerCase() === address))
}

function outcomeOf(bounce: string | undefined): Outcome {
  if (bounce === undefined) return 'delivered'
  if (bounce === 'SpamComplaint') return 'complained'
  return bounce === 'Transient' ? 'deferred' : 'bounced'
}

/** In a batch one bad message does not stop the others; its error stands in its place. */
function withError<Answer>(work: () => Answer): Answer | ReturnType<typeof bodyOf> {
  try {
    return work()
  } catch (error) {
    if (error instanceof PostmarkError) return bodyOf(error)
    throw error
  }
}

const address = /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$/
const split = (text: string): string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)

function draftOf(desk: Desk, body: unknown, namespace: string): Draft {
  const parsed = email.safeParse(body)
  if (!parsed.success) throw new PostmarkError(422, 300, `Invalid '${parsed.error.issues[0]?.path.join('.')}' field.`)
  const { From, To, Cc, Bcc, Subject, TextBody, HtmlBody, Headers, Attachments, Tag, Metadata, MessageStream } =
    parsed.data
  const [to, cc, bcc] = [split(To), split(Cc), split(Bcc)]
  if (to.length + cc.length + bcc.length === 0)
    throw new PostmarkError(422, 300, "Zero recipients specified: give 'To', 'Cc' or 'Bcc'.")
  if (to.length + cc.length + bcc.length > 50) throw new PostmarkError(422, 300, 'A message has at most 50 recipients.')
  for (const [field, values] of Object.entries({ From: [From], To: to, Cc: cc, Bcc: bcc }))
    if (values.some((value) => !address.test(addressOf(value))))
      throw new PostmarkError(422, 300, `Invalid '${field}' address.`)
  if (/[\r\n]/.test(Subject)) throw new PostmarkError(422, 300, "Invalid 'Subject' field.")
  if (TextBody === undefined && HtmlBody === undefined)
    throw new PostmarkError(422, 300, 'Provide either email TextBody or HtmlBody or both.')
  return {
    id: desk.uuid(),
    channel: 'mail',
    namespace,
    from: From,
    to,
    cc,
    bcc,
    subject: Subject,
    ...(TextBody !== undefined && { text: TextBody }),
    ...(HtmlBody !== undefined && { html: HtmlBody }),
    headers: toHeaders(Object.fromEntries(Headers.map(({ Name, Value }) => [Name, Value]))),
    attachments: Attachments.map((each) =>
      toAttachment(each.Name, each.ContentType, each.Content, each.ContentID ?? undefined),
    ),
    tags: { ...(Tag && { tag: Tag }), ...Metadata },
    extra: { tag: Tag, metadata: Metadata, stream: MessageStream },
  }
}

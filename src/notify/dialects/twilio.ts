import { createHmac } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { defineDialect } from '../define.ts'
import type { Desk } from '../desk.ts'
import type { Message, Status } from '../message.ts'
import { countSegments } from '../sms.ts'

const form = z.object({
  To: z.string().optional(),
  From: z.string().optional(),
  MessagingServiceSid: z.string().optional(),
  Body: z.string().optional(),
  MediaUrl: z.string().optional(),
  StatusCallback: z.string().optional(),
})

/** Twilio's errors carry a code with a page of its own (https://www.twilio.com/docs/api/errors). */
class TwilioError extends Error {
  readonly status: number
  readonly code: number
  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Numbers of Twilio's test credentials (https://www.twilio.com/docs/iam/test-credentials). */
const magicFrom: Record<string, readonly [code: number, message: string]> = {
  '+15005550001': [21212, "The 'From' number is not a valid phone number"],
  '+15005550007': [21606, "The 'From' phone number is not a valid, SMS-capable number of your account"],
  '+15005550008': [21611, "The 'From' number has exceeded the maximum number of queued messages"],
}
const magicTo: Record<string, readonly [code: number, message: string]> = {
  '+15005550001': [21211, "The 'To' number is not a valid phone number"],
  '+15005550002': [21612, "The 'To' phone number cannot be reached from the 'From' number"],
  '+15005550003': [21408, 'Permission to send an SMS has not been enabled for the region of the number'],
  '+15005550004': [21610, 'The recipient has opted out'],
  '+15005550009': [21614, "The 'To' number is not a mobile number"],
}

const words: Partial<Record<Status, string>> = {
  accepted: 'queued',
  queued: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  bounced: 'undelivered',
  deferred: 'sent',
  dropped: 'failed',
  failed: 'failed',
}

const e164 = /^(whatsapp:)?\+[1-9]\d{6,14}$/
const base = '/2010-04-01/Accounts/:account/Messages'

/** Twilio Messages: create, fetch and list, the magic numbers, status callbacks signed with HMAC-SHA1. */
export const twilio = defineDialect({
  name: 'twilio',
  summary: 'Twilio: messages, magic numbers, signed status callbacks',
  example: {
    path: `/2010-04-01/Accounts/AC${'0'.repeat(32)}/Messages.json`,
    headers: {
      authorization: `Basic ${Buffer.from(`AC${'0'.repeat(32)}:token`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'To=%2B15005550010&From=%2B15005550006&Body=Your+code+is+123456',
    status: 201,
    messages: 1,
  },
  // A status callback is tried once.
  retryAfterMs: [],

  register(app, desk) {
    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      const known =
        error instanceof TwilioError ? error : new TwilioError(error.statusCode ?? 500, 20001, error.message)
      const { status, code, message } = known
      return reply
        .status(status)
        .send({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status })
    })
    app.post<{ Params: { account: string } }>(`${base}.json`, async (request, reply) => {
      const { account } = request.params
      const token = authorize(request, account)
      const message = accept(desk, request, account, token)
      return reply.status(201).send(resourceOf(message))
    })
    app.get<{ Params: { account: string } }>(`${base}.json`, async (request) => {
      const { account } = request.params
      const namespace = desk.namespaceOf(request, authorize(request, account))
      const mine = desk.store
        .list({ namespace })
        .filter(({ provider, extra }) => provider === 'twilio' && extra.account === account)
      const messages = mine.reverse().slice(0, 1000).map(resourceOf)
      return {
        messages,
        page: 0,
        page_size: 1000,
        start: 0,
        end: messages.length,
        next_page_uri: null,
        previous_page_uri: null,
      }
    })
    app.get<{ Params: { account: string; file: string } }>(`${base}/:file`, async (request) => {
      const { account, file } = request.params
      const namespace = desk.namespaceOf(request, authorize(request, account))
      const message = desk.store.get(file.replace(/\.json$/, ''))
      if (message?.provider !== 'twilio' || message.namespace !== namespace || message.extra.account !== account)
        throw new TwilioError(404, 20404, `The requested resource ${request.url} was not found`)
      return resourceOf(message)
    })
  },

  event(message, { status }, { url, secret }) {
    const word = words[status]
    if (!word || status === 'accepted' || status === 'deferred') return undefined
    const params: Record<string, string> = {
      AccountSid: String(message.extra.account),
      ApiVersion: '2010-04-01',
      From: message.from,
      MessageSid: message.id,
      MessageStatus: word,
      SmsSid: message.id,
      SmsStatus: word,
      To: message.to[0] ?? '',
      ...(word === 'undelivered' && { ErrorCode: '30003' }),
    }
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signCallback(url, params, secret),
    }
    return { headers, body: new URLSearchParams(params).toString() }
  },
})

/** HMAC-SHA1 over the URL and the form's names and values in order, with the auth token (https://www.twilio.com/docs/usage/security). */
function signCallback(url: string, params: Readonly<Record<string, string>>, token: string): string {
  const text = Object.entries(params)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat()
    .join('') // prettier-ignore
  return createHmac('sha1', token)
    .update(url + text)
    .digest('base64')
}

function authorize({ headers }: FastifyRequest, account: string): string {
  const [, encoded = ''] = /^Basic (\S+)$/i.exec(headers.authorization ?? '') ?? []
  const [, user, token] = /^([^:]*):(.+)$/.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  // An API key (SK…) with its secret may stand for the account.
  const isKnown = token && /^AC[0-9a-f]{32}$/.test(account) && (user === account || /^SK[0-9a-f]{32}$/.test(user ?? ''))
  if (!isKnown) throw new TwilioError(401, 20003, 'Authenticate')
  return token
}

function accept(desk: Desk, request: FastifyRequest, account: string, token: string): Message {
  const { To, From, MessagingServiceSid, Body, MediaUrl, StatusCallback } = form.parse(request.body ?? {})
  if (!To) throw new TwilioError(400, 21604, "A 'To' phone number is required.")
  if (!From && !MessagingServiceSid) throw new TwilioError(400, 21603, "A 'From' phone number is required.")
  if (!Body && !MediaUrl) throw new TwilioError(400, 21602, 'Message body is required.')
  if (Body && [...Body].length > 1600)
    throw new TwilioError(400, 21617, 'The message body exceeds the 1600 character limit.')
  const refused = magicFrom[From ?? ''] ?? magicTo[To]
  if (refused) throw new TwilioError(400, ...refused)
  if (!e164.test(To))
    throw new TwilioError(400, 21211, `The 'To' number ${To.slice(0, 40)} is not a valid phone number.`)
  if (StatusCallback) checkCallback(StatusCallback)
  const message = desk.accept({
    id: `SM${desk.id(16)}`,
    channel: 'sms',
    namespace: desk.namespaceOf(request, token),
    from: From ?? MessagingServiceSid ?? '',
    to: [To],
    subject: '',
    text: Body ?? '',
    extra: { account, service: MessagingServiceSid ?? null, media: MediaUrl ? 1 : 0 },
  })
  if (StatusCallback) desk.webhooks.watch(message.id, { provider: 'twilio', url: StatusCallback, secret: token })
  return message
}

function checkCallback(url: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return
  throw new TwilioError(400, 21609, 'The StatusCallback URL is not a valid URL.')
}

function resourceOf(message: Message) {
  const { account, service, media } = message.extra
  const at = (time: number): string => new Date(time).toUTCString().replace('GMT', '+0000')
  const sent = message.steps.find(({ status }) => status === 'sent')?.at
  const uri = `/2010-04-01/Accounts/${account}/Messages/${message.id}`
  const isLost = message.status === 'bounced'
  return {
    sid: message.id,
    account_sid: account,
    messaging_service_sid: service,
    from: message.from,
    to: message.to[0],
    body: message.text,
    status: words[message.status] ?? 'queued',
    num_segments: String(countSegments(message.text ?? '').segments),
    num_media: String(media),
    direction: 'outbound-api',
    api_version: '2010-04-01',
    date_created: at(message.receivedAt),
    date_updated: at(message.steps.at(-1)?.at ?? message.receivedAt),
    date_sent: sent === undefined ? null : at(sent),
    error_code: isLost ? 30003 : null,
    error_message: isLost ? 'Unreachable destination handset' : null,
    price: null,
    price_unit: 'USD',
    uri: `${uri}.json`,
    subresource_uris: { media: `${uri}/Media.json` },
  }
}

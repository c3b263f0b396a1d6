import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import PostalMime, { type Address, type Attachment as Part } from 'postal-mime'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { type Desk, isNamespace, toAttachment } from './desk.ts'
import type { Draft } from './message.ts'

export interface SmtpServer {
  url: string
  close(): Promise<void>
}

const maxBytes = 32 * 1_048_576
const socketTimeoutMs = 60_000
/** Over SMTP, Resend takes its key in this header. */
const keyHeader = 'resend-idempotency-key'

/**
 * SMTP on loopback, without TLS: any user name and password is taken, and a user name that is a namespace chooses it. The envelope
 * decides who gets a message; who is in no header was a blind copy.
 */
export async function createSmtpServer(desk: Desk, port: number): Promise<SmtpServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    size: maxBytes,
    socketTimeout: socketTimeoutMs,
    onAuth: ({ username = '' }, _session, done) => done(null, { user: username }),
    onData(stream, session, done) {
      receive(desk, stream, session).then(
        (id) => done(null, `kept as ${id}`),
        (error: Error & { responseCode?: number }) => done(error),
      )
    },
  })
  // A client that breaks off is its own affair.
  server.on('error', () => {})
  await new Promise<void>((done, failed) => {
    server.server.once('error', failed)
    server.listen(port, '127.0.0.1', () => done())
  })
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    close: () => new Promise((done) => server.close(done)),
  }
}

async function receive(
  desk: Desk,
  stream: Readable & { sizeExceeded?: boolean },
  session: SMTPServerSession,
): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) if (!stream.sizeExceeded) parts.push(part as Buffer)
  if (stream.sizeExceeded) throw Object.assign(new Error('the message is too large'), { responseCode: 552 })
  const draft = await read(desk, Buffer.concat(parts), session)
  if (draft.key === undefined) return desk.accept(draft).id
  const { id: _, ...asked } = draft
  const request = { namespace: draft.namespace, path: 'smtp', key: draft.key, body: asked }
  const answer = desk.once(request, () => ({ status: 250, body: desk.accept(draft).id }))
  if (!answer)
    throw Object.assign(new Error('this idempotency key was used with another message'), { responseCode: 550 })
  return String(answer.body)
}

async function read(desk: Desk, raw: Buffer, { envelope, user }: SMTPServerSession): Promise<Draft> {
  const mail = await PostalMime.parse(raw, { maxNestingDepth: 50, maxHeadersSize: 1_048_576 })
  const [to, cc] = [show(mail.to), show(mail.cc)]
  const named = new Set([...(mail.to ?? []), ...(mail.cc ?? [])].flatMap(addressesOf).map((each) => each.toLowerCase()))
  const recipients = envelope.rcptTo.map(({ address }) => address)
  const bcc = recipients.filter((each) => !named.has(each.toLowerCase()))
  const headers = Object.fromEntries(mail.headers.map(({ key, value }) => [key.toLowerCase(), value]))
  const key = headers[keyHeader]
  return {
    id: desk.uuid(),
    channel: 'mail',
    namespace: typeof user === 'string' && isNamespace(user) ? user : 'default',
    ...(key && { key }),
    from: show(mail.from && [mail.from])[0] ?? (envelope.mailFrom ? envelope.mailFrom.address : ''),
    to: to.length > 0 ? to : recipients,
    cc,
    bcc: to.length > 0 ? bcc : [],
    subject: mail.subject ?? '',
    ...(mail.text !== undefined && { text: mail.text }),
    ...(mail.html !== undefined && { html: mail.html }),
    headers,
    attachments: mail.attachments.map(attachmentOf),
    tags: Object.fromEntries(
      (headers['x-tags'] ?? '')
        .split(',')
        .filter((tag) => tag.trim())
        .map((tag) => [tag.trim(), tag.trim()]),
    ), // prettier-ignore
  }
}

const addressesOf = (address: Address): string[] =>
  address.group ? address.group.map((each) => each.address) : [address.address ?? '']

function show(addresses: readonly Address[] = []): string[] {
  const flat = addresses.flatMap((each) => each.group ?? [each])
  return flat.map(({ name, address }) => (name ? `${name} <${address}>` : (address ?? '')))
}

function attachmentOf({ filename, mimeType, content, contentId }: Part) {
  const base64 = typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer).toString('base64')
  return toAttachment(filename ?? 'attachment', mimeType, base64, contentId)
}

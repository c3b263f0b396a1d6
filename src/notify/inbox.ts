import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { GatekitError } from '../kernel/errors.ts'
import { packageFile } from '../kernel/package.ts'
import type { Message } from './message.ts'
import { escapeHtml as e } from './render.ts'
import { search } from './search.ts'
import type { MessageStore } from './store.ts'

const maxRows = 200
const pagePolicy =
  "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
// The mail's own styles may apply inside its frame; nothing may be loaded from anywhere, so opening a mail tells nobody.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"

/** A plain page to look at what arrived: no script, no network, foreign html only inside a sandboxed frame. */
export function registerInbox(app: FastifyInstance, store: MessageStore): void {
  const css = readFileSync(packageFile('src/notify/inbox.css'), 'utf8')
  app.get('/inbox.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(css))
  app.get('/', (request, reply) => {
    const query = String((request.query as Record<string, unknown>).query ?? '')
    const { messages, problem } = find(store, query)
    return page(
      reply,
      'Inbox',
      `${searchForm(query)}${problem ? `<p class="problem">${e(problem)}</p>` : ''}${table(messages)}`,
    )
  })
  app.get<{ Params: { id: string } }>('/messages/:id', (request, reply) => {
    const message = store.get(request.params.id)
    if (!message) return page(reply.status(404), 'No such message', '<p>It may have been removed by a reset.</p>')
    return page(reply, message.subject || '(no subject)', details(message))
  })
  app.get<{ Params: { id: string } }>('/messages/:id/html', (request, reply) => {
    const html = store.get(request.params.id)?.html ?? ''
    return reply
      .header('content-security-policy', mailPolicy)
      .header('x-content-type-options', 'nosniff')
      .type('text/html; charset=utf-8')
      .send(html)
  })
}

function find(store: MessageStore, query: string): { messages: Message[]; problem?: string } {
  try {
    return { messages: search(store.list(), query).reverse() }
  } catch (error) {
    if (!(error instanceof GatekitError)) throw error
    return { messages: [], problem: `${error.message}: ${error.problems[0]?.remedy ?? ''}` }
  }
}

function page(reply: FastifyReply, title: string, body: string): FastifyReply {
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${e(title)} · gatekit notify</title><link rel="stylesheet" href="/inbox.css"></head>
<body><header><a href="/">gatekit notify</a></header><main><h1>${e(title)}</h1>${body}</main></body></html>
`
  return reply
    .header('content-security-policy', pagePolicy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html)
}

const searchForm = (query: string): string =>
  `<form method="get" action="/" role="search"><label>Search <input type="search" name="query" value="${e(query)}" placeholder="to:ada status:delivered"></label><button>Search</button></form>`

function table(messages: readonly Message[]): string {
  if (messages.length === 0) return '<p>Nothing here yet.</p>'
  const rows = messages.slice(0, maxRows).map((message) => {
    const cells = [timeOf(message.receivedAt), message.provider, message.status, message.to.join(', ')].map(
      (text) => `<td>${e(text)}</td>`,
    )
    return `<tr>${cells.join('')}<td><a href="/messages/${encodeURIComponent(message.id)}">${e(labelOf(message))}</a></td></tr>`
  })
  const more = messages.length > maxRows ? `<p>The newest ${maxRows} of ${messages.length}.</p>` : ''
  return `<table><thead><tr><th>Time (UTC)</th><th>Provider</th><th>Status</th><th>To</th><th>Subject</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>${more}`
}

function details(message: Message): string {
  const facts: [string, string][] = [
    ['From', message.from],
    ['To', message.to.join(', ')],
    ['Cc', message.cc.join(', ')],
    ['Bcc', message.bcc.join(', ')],
    ['Provider', message.provider],
    ['Namespace', message.namespace],
    ['Idempotency key', message.key ?? ''],
    ['Attachments', message.attachments.map(({ name, bytes }) => `${name} (${bytes} bytes)`).join(', ')],
    ['Life', message.steps.map(({ status, at }) => `${status} ${timeOf(at)}`).join(' → ')],
  ]
  const list = facts.filter(([, value]) => value !== '').map(([name, value]) => `<dt>${name}</dt><dd>${e(value)}</dd>`)
  const frame = `<h2>HTML</h2><iframe sandbox title="HTML part" src="/messages/${encodeURIComponent(message.id)}/html"></iframe>`
  return `<dl>${list.join('')}</dl>${message.text === undefined ? '' : `<h2>Text</h2><pre>${e(message.text)}</pre>`}${message.html === undefined ? '' : frame}`
}

const timeOf = (ms: number): string => new Date(ms).toISOString().slice(0, 23).replace('T', ' ')
const labelOf = ({ subject, text }: Message): string => subject || (text ?? '').slice(0, 60) || '(no subject)'

import { usageError } from '../kernel/errors.ts'
import type { Message } from './message.ts'

/** One word of a query: whether a message fits, and what the message has instead. */
export interface Term {
  /** As it was typed. */
  text: string
  fits(message: Message): boolean
  actual(message: Message): string
}

type Field = (message: Message) => readonly (string | undefined)[]

const fields: Record<string, Field> = {
  to: ({ to }) => to,
  from: ({ from }) => [from],
  cc: ({ cc }) => cc,
  bcc: ({ bcc }) => bcc,
  addressed: ({ from, to, cc, bcc }) => [from, ...to, ...cc, ...bcc],
  subject: ({ subject }) => [subject],
  body: ({ text, html }) => [text, html],
  'message-id': ({ id, headers }) => [id, headers['message-id']],
  tag: ({ tags }) => Object.entries(tags).flat(),
  template: ({ template, tags }) => [template ?? tags.template],
  key: ({ key, headers }) => [headers['x-gatekit-key'] ?? key],
  cause: ({ cause, headers }) => [cause ?? headers['x-gatekit-cause']],
  provider: ({ provider }) => [provider],
  status: ({ status }) => [status],
  channel: ({ channel }) => [channel],
}

/** Compared as a whole; the others by part. */
const exact = new Set(['template', 'key', 'cause', 'provider', 'status', 'channel', 'message-id'])
const sizes: Record<string, number> = { '': 1, k: 1024, m: 1_048_576 }
const maxLength = 2000

/**
 * Takes a query apart: words (anywhere in the message), `"a phrase"`, `field:value`, `field:"a value"`, `-` or `!` before any of
 * them for the opposite; all must fit. The operators are Mailpit's and ours: see docs/notify.md. Throws for an unknown one.
 */
export function parseSearch(query: string): Term[] {
  if (query.length > maxLength) throw usageError(`search of ${query.length} characters`, `use at most ${maxLength}`)
  const words = query.match(/[-!]?(?:[a-z][\w.-]*:)?(?:"[^"]*"|[^\s"]+)/gi) ?? []
  return words.map(parseTerm)
}

/** Messages that fit every term. */
export const search = (messages: readonly Message[], query: string): Message[] => {
  const terms = parseSearch(query)
  return messages.filter((message) => terms.every((term) => term.fits(message)))
}

function parseTerm(text: string): Term {
  const [, sign, operator, quoted, bare] = /^([-!]?)(?:([a-z][\w.-]*):)?(?:"([^"]*)"|(.*))$/i.exec(text) ?? []
  const term = createTerm(operator?.toLowerCase(), quoted ?? bare ?? '', text)
  return sign ? { ...term, text, fits: (message) => !term.fits(message) } : term
}

function createTerm(operator: string | undefined, value: string, text: string): Term {
  const lower = value.toLowerCase()
  if (operator === undefined) return fieldTerm(text, anywhere, lower, false)
  const field = fields[operator]
  if (field) return fieldTerm(text, field, lower, exact.has(operator))
  if (operator.startsWith('var.'))
    return fieldTerm(text, ({ tags, headers }) => [tags[operator.slice(4)] ?? headers[operator.slice(4)]], lower, true)
  const special = specialTerm(operator, lower, text)
  if (special) return special
  // A time or a URL typed as a plain word has a colon too.
  if (/^(https?|\d+)$/.test(operator)) return fieldTerm(text, anywhere, text.toLowerCase(), false)
  throw usageError(
    `search: no operator "${operator}:"`,
    `use ${[...Object.keys(fields), 'is, has, before, after, larger, smaller, var.<name>'].join(', ')}`,
  )
}

function specialTerm(operator: string, value: string, text: string): Term | undefined {
  if (operator === 'is' || operator === 'has') {
    const names = value.startsWith('attachment') ? ({ attachments }: Message) => attachments.length > 0 : undefined
    if (!names) throw usageError(`search: ${text} is not known`, 'use has:attachment')
    return { text, fits: names, actual: ({ attachments }) => `${attachments.length} attachments` }
  }
  if (operator === 'before' || operator === 'after') {
    const time = Date.parse(value)
    if (Number.isNaN(time)) throw usageError(`search: "${value}" is no date`, 'use 2026-01-31 or an ISO time')
    const fits = ({ receivedAt }: Message): boolean => (operator === 'before' ? receivedAt < time : receivedAt >= time)
    return { text, fits, actual: ({ receivedAt }) => new Date(receivedAt).toISOString() }
  }
  if (operator !== 'larger' && operator !== 'smaller') return undefined
  const [, amount, unit = ''] = /^(\d{1,12})([km]?)b?$/.exec(value) ?? []
  if (!amount) throw usageError(`search: "${value}" is no size`, 'use bytes, 20k or 1m')
  const bytes = Number(amount) * (sizes[unit] as number)
  const fits = (message: Message): boolean =>
    operator === 'larger' ? sizeOf(message) > bytes : sizeOf(message) < bytes
  return { text, fits, actual: (message) => `${sizeOf(message)} bytes` }
}

function fieldTerm(text: string, field: Field, value: string, isExact: boolean): Term {
  const fits = (found: string): boolean =>
    isExact ? found.toLowerCase() === value : found.toLowerCase().includes(value)
  return {
    text,
    fits: (message) => field(message).some((found) => found !== undefined && fits(found)),
    actual: (message) =>
      shorten(
        field(message)
          .filter((found) => found !== undefined)
          .join(', '),
      ) || 'nothing',
  }
}

const anywhere: Field = ({ from, to, cc, bcc, subject, text, html }) => [
  from,
  ...to,
  ...cc,
  ...bcc,
  subject,
  text,
  html,
]
const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text)
const sizeOf = ({ text = '', html = '', attachments }: Message): number =>
  Buffer.byteLength(text) + Buffer.byteLength(html) + attachments.reduce((sum, { bytes }) => sum + bytes, 0)

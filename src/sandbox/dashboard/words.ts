import { html, type Markup } from '../../report/html/markup.ts'
import { oneLine } from '../../report/plain-text.ts'
import type { StoredRecord } from '../../store/record.ts'
import { maskText } from './mask.ts'

/** `2026-03-14 15:31:07`, UTC; without the date when `today` is of the same day. Both in milliseconds since the epoch. */
export function moment(ms: number, today?: number): Markup {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return html`–`
  const [day, time] = [dayOf(ms), new Date(ms).toISOString().slice(11, 19)]
  const isToday = today !== undefined && day === dayOf(today)
  return html`<time datetime="${day}T${time}Z" title="${day} ${time} UTC">${!isToday && `${day} `}<span class="time-of-day">${time}</span></time>`
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** The time now, which the script lets run on where the clock runs. */
export const clockFace = ({ now, state }: { now(): number; state(): { frozenAt?: number } }): Markup =>
  state().frozenAt === undefined ? html`<span data-ticks="${now()}">${moment(now())}</span>` : moment(now())

/** When an object was made, in milliseconds; v2 objects say it in words. */
export const createdMs = ({ created }: StoredRecord): number =>
  typeof created === 'string' ? Date.parse(created) : Number(created ?? Number.NaN) * 1000

/** `€12.50` of 1250 `eur`; a currency that nobody knows is shown as it is. */
export function money(amount: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency })
    return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
  } catch {
    return `${amount} ${currency}`
  }
}

const naming = ['name', 'email', 'description', 'nickname', 'number', 'url', 'type']
const amounts = ['amount', 'amount_total', 'amount_due', 'unit_amount', 'amount_off']

/** What an object is, in a few words: its amount, its name or its address. */
export function summaryOf(record: StoredRecord): string {
  const amount = amounts.map((name) => record[name]).find((value) => typeof value === 'number')
  const { currency } = record
  const price = typeof amount === 'number' && typeof currency === 'string' ? money(amount, currency) : undefined
  const names = naming.map((field) => record[field]).filter((value) => typeof value === 'string' && value !== '')
  return oneLine(maskText([price, ...names.slice(0, 2)].filter((part) => part !== undefined).join(' · ')), 120)
}

const good = new Set([
  'succeeded',
  'active',
  'paid',
  'complete',
  'available',
  'enabled',
  'verified',
  'ready',
  'accepted',
])
const bad = new Set(['failed', 'uncollectible', 'past_due', 'unpaid', 'incomplete_expired', 'needs_response', 'lost'])

/** An object's own status as a small mark. */
export function statusOf({ status }: StoredRecord): Markup {
  if (typeof status !== 'string') return html``
  const tone = good.has(status) ? 'ok' : bad.has(status) ? 'bad' : 'even'
  return html`<span class="state ${tone}">${status}</span>`
}

/** An HTTP status; undefined when no answer came. */
export function codeMark(status: number | undefined): Markup {
  if (status === undefined) return html`<span class="state bad">none</span>`
  const tone = status < 300 ? 'ok' : status < 500 ? 'odd' : 'bad'
  return html`<span class="state ${tone}">${status}</span>`
}

export const count = (number: number): string => number.toLocaleString('en')

export const counted = (number: number, word: string): string => `${count(number)} ${word}${number === 1 ? '' : 's'}`

/** `0.4 ms`, `12 ms`, `1.2 s` */
export function took(ms: number): string {
  if (ms === 0) return '< 1 ms'
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

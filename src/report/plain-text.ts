/** Escape sequences of terminals: colours and cursor movement (CSI), titles and links (OSC), and single-character ones. */
const terminalSequences =
  /\u001b\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,16}[@-~]|\u001b[ -/]{0,16}[0-~]/g

/** What XML 1.0 forbids, halves of surrogate pairs, and marks that reorder the text around them. */
const unprintable =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\p{Surrogate}/gu

/** Longest piece of somebody else's text that a report repeats, in characters. */
const longest = 8_000

/** Somebody else's text, safe to put into any format once that format's own escaping is applied: no control characters, no end of it cut off unsaid. */
export function printable(text: string, limit = longest): string {
  const rest = text.length - limit
  const kept = rest > 0 ? text.slice(0, limit) : text
  const clean = kept.replace(terminalSequences, '').replace(/\r\n?/g, '\n').replace(unprintable, '\ufffd')
  return rest > 0 ? `${clean} … (${rest} more characters)` : clean
}

/** The same on one line. */
export const oneLine = (text: string, limit = 300): string => printable(text, limit).replace(/\s+/g, ' ').trim()

/** For element content and for attributes in double quotes, in XML and HTML alike; line breaks survive in attributes. */
export const escapeMarkup = (text: string): string =>
  text.replace(/[&<>"'\n\t]/g, (character) => (character === '&' ? '&amp;' : `&#${character.charCodeAt(0)};`))

/** `412ms`, `3.4s`, `2m 05s` */
export function showDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)}s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`
}

/** Values of `details`: text as it is, everything else as JSON. */
export const showValue = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

/** A copy of a record with every text in it made printable, so that no reporter can forget one. */
export function clean<Value>(value: Value): Value {
  return cleanAny(value) as Value
}

function cleanAny(value: unknown): unknown {
  if (typeof value === 'string') return printable(value)
  if (Array.isArray(value)) return value.map(cleanAny)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [printable(key), cleanAny(inner)]))
}

import { type OutboxMessage, states } from './entry.ts'
import { OutboxError } from './errors.ts'

/** Bytes of one entry on disk. */
export const maxEntryBytes = 1_048_576
const maxSubjectBytes = 998

// Controls, line separators, and marks that make text read in another order than it is stored.
const unsafeInHeaders = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
const invisible = /[\u00ad\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]/u
const loneSurrogate = /\p{Surrogate}/u
const templateName = /^[a-z0-9][a-z0-9_.-]{0,63}$/i
// Deliberately narrower than RFC 5321: no quoted local parts, comments, lists or literals.
const mailAddress = /^[^\s@,;:<>()[\]"\\]{1,64}@[^\s@,;:<>()[\]"\\/]{1,253}$/u
const phoneNumber = /^\+[1-9]\d{4,14}$/

/** Throws `E_MESSAGE` for what must not become a file name, a header or a recipient. Nothing has been written by then. */
export function checkMessage(message: OutboxMessage): void {
  const { to, template, subject, data, channel = 'mail', cause } = message
  checkTo(to, channel)
  if (typeof template !== 'string' || !templateName.test(template) || template.includes('..'))
    throw refuse(
      `template ${show(template)}`,
      'use 1 to 64 letters, digits, "_", "-" or single ".", starting with a letter or digit',
    )
  checkLine('subject', subject, maxSubjectBytes)
  if (cause !== undefined) checkLine('cause', cause, 256)
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw refuse('data', 'use an object')
  for (const [name, value] of Object.entries({ subject: message.rendered?.subject, provider: message.provider }))
    if (value !== undefined) checkLine(name, value, maxSubjectBytes)
}

/** Throws `E_MESSAGE` unless the key is 1 to 256 printable characters (the bounds providers with idempotency keys use). */
export function checkKey(key: string): void {
  if (typeof key !== 'string' || key === '') throw refuse('key', 'use 1 to 256 characters, or leave it out')
  checkLine('key', key, 256)
}

/** The value as JSON text; throws `E_MESSAGE` when it has none or is too large. */
export function checkText(value: unknown): string {
  let text: string
  try {
    text = `${JSON.stringify(value, null, 2)}\n`
  } catch (error) {
    throw refuse('data', `use plain JSON values (${(error as Error).message.split('\n')[0]})`)
  }
  if (Buffer.byteLength(text) > maxEntryBytes) throw refuse('the message', `keep it under ${maxEntryBytes} bytes`)
  return text
}

function checkTo(to: unknown, channel: string): void {
  if (channel === 'sms') {
    if (typeof to !== 'string' || !phoneNumber.test(to))
      throw refuse(`to ${show(to)}`, 'use one number such as +15005550006')
    return
  }
  if (channel !== 'mail') throw refuse(`channel ${show(channel)}`, 'use mail or sms')
  if (typeof to !== 'string' || to === '') throw refuse('to', 'name one recipient')
  checkLine('to', to, 254)
  // A full-width @ or a ligature that becomes ASCII on the way would reach somebody else.
  const isPlain = !invisible.test(to) && to.normalize('NFKC') === to.normalize('NFC')
  if (!isPlain || !mailAddress.test(to) || /^\.|\.\.|\.@|@\.|@-|\.$/.test(to))
    throw refuse(`to ${show(to)}`, 'use exactly one address such as ada@example.test')
}

function checkLine(name: string, value: unknown, maxBytes: number): asserts value is string {
  if (typeof value !== 'string') throw refuse(name, 'use text')
  if (Buffer.byteLength(value) > maxBytes)
    throw refuse(`${name} of ${Buffer.byteLength(value)} bytes`, `use at most ${maxBytes}`)
  if (unsafeInHeaders.test(value) || loneSurrogate.test(value))
    throw refuse(`${name} ${show(value)}`, 'remove line breaks, control and direction characters')
}

const show = (value: unknown): string =>
  JSON.stringify(String(value).slice(0, 60)).replace(/[^\x20-\x7e]/g, escapeCharacter)
const escapeCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
const refuse = (what: string, remedy: string): OutboxError => new OutboxError('E_MESSAGE', `refused: ${what}`, remedy)

/** Throws `E_MESSAGE` for a state that does not exist. */
export function checkState(state: string): void {
  if (!(states as readonly string[]).includes(state)) throw refuse(`state ${show(state)}`, `use ${states.join(', ')}`)
}

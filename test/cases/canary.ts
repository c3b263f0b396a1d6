import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const noise = (length: number): string => 'aB3dE5gH7jK9mN1pQ3sT5uV7wX9yZ2cF4'.repeat(9).slice(0, length)

/** A value of every kind that gatekit knows by its looks, and some that nothing but their variable gives away. None is anybody's. */
export const canaries: Record<string, string> = {
  opaque: 'correct-horse/battery+staple ="42"&<é>',
  'stripe-test-key': `sk${'_test_'}51Canary${noise(40)}`,
  'stripe-ephemeral-key': `ek${'_test_'}${noise(30)}`,
  'webhook-signing-secret': `whsec${'_'}${noise(32)}`,
  'client-secret': `pi_3Canary_secret_${noise(24)}`,
  'private-key': `-----BEGIN EC PRIVATE KEY-----\n${noise(64)}\n${noise(61)}\n-----END EC PRIVATE KEY-----`,
  'aws-access-key-id': `AKIA${'CANARY0123456789'}`,
  'github-token': `ghp${'_'}${noise(36)}`,
  'gitlab-token': `glpat${'-'}${noise(20)}`,
  'npm-token': `npm${'_'}${noise(36)}`,
  'slack-token': `xoxb${'-'}1234567890-${noise(24)}`,
  'sendgrid-key': `SG.${noise(22)}.${noise(43)}`,
  'google-api-key': `AIza${noise(33)}xY`,
  'json-web-token': `eyJhbGciOiJIUzI1NiJ9.eyJ${noise(30)}.${noise(43)}`,
  'url-password': `postgres://app:hunter2-${noise(20)}@127.0.0.1:9/shop`,
  'authorization-header': `Authorization: Basic ${Buffer.from(`app:${noise(24)}`).toString('base64')}`,
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
const eachByte = (text: string, write: (byte: number) => string): string => [...Buffer.from(text)].map(write).join('')
const eachLetter = (text: string, write: (code: number) => string): string =>
  [...text].map((letter) => write(letter.codePointAt(0)!)).join('')

/** The ways in which a value gets into a log without being written as it is. */
export const encodings: Record<string, (value: string) => string> = {
  plain: (value) => value,
  base64: (value) => Buffer.from(value).toString('base64'),
  'base64url in the middle': (value) => Buffer.from(`key=${value}.`).toString('base64url'),
  'basic auth': (value) => Buffer.from(`alice:${value}`).toString('base64'),
  hex: (value) => Buffer.from(value).toString('hex'),
  HEX: (value) => Buffer.from(value).toString('hex').toUpperCase(),
  URL: (value) => eachByte(value, (byte) => `%${hex(byte)}`),
  HTML: (value) => eachLetter(value, (code) => `&#${code};`),
  JSON: (value) => eachLetter(value, (code) => `\\u${code.toString(16).padStart(4, '0')}`),
}

/** Every canary in every encoding, as a talkative program would say them. */
export const everything: string = Object.values(canaries)
  .flatMap((value) => Object.values(encodings).map((encode) => `<${encode(value)}>`))
  .join(' ')

/** The part of a canary that must not be seen: of a URL its password, of a header its credential. */
const secretOf = (kind: string, value: string): string => {
  if (kind === 'url-password') return new URL(value).password
  if (kind === 'authorization-header') return value.slice('Authorization: Basic '.length)
  return kind === 'client-secret' ? value.slice(value.indexOf('_secret_') + '_secret_'.length) : value
}

/** `kind in encoding` of each canary, or half of one, that stands in a text. */
export function seenIn(text: string): string[] {
  return Object.entries(canaries).flatMap(([kind, value]) =>
    Object.entries(encodings).flatMap(([name, encode]) => {
      const parts = [secretOf(kind, value), value].flatMap((each) => halvesOf(encode(each)))
      return parts.some((part) => text.includes(part)) ? [`${kind} in ${name}`] : []
    }),
  )
}

function halvesOf(text: string): string[] {
  const middle = text.length >> 1
  return text.length < 40 ? [text] : [text.slice(0, middle), text.slice(middle)]
}

/** `file: kind in encoding` of each canary below a folder, in names and contents. */
export function seenBelow(dir: string): string[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true })
  return entries.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name)
    const text = entry.isFile() ? readFileSync(path, 'utf8') : ''
    return seenIn(`${entry.name}\n${text}`).map((found) => `${path.slice(dir.length + 1)}: ${found}`)
  })
}

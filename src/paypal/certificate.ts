import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

const dayMs = 24 * 60 * 60 * 1000

/** Makes a key when it is first asked for: that takes a while, and most targets know one provider only. */
export function createSigningKey(): () => KeyObject {
  let key: KeyObject | undefined
  return () => {
    key ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    return key
  }
}

/** An X.509 certificate (PEM) for a key, signed by itself, valid for a year from `now` (epoch milliseconds). Encoding: X.690, RFC 5280. */
export function certify(privateKey: KeyObject, commonName: string, now: number): string {
  const name = sequence(set(sequence(commonNameOid, utf8(commonName))))
  const toBeSigned = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(8)])),
    sha256WithRsa,
    name,
    sequence(utcTime(now - dayMs), utcTime(now + 365 * dayMs)),
    name,
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', toBeSigned, privateKey)
  const certificate = sequence(toBeSigned, sha256WithRsa, bitString(signature))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content])
}

/** One byte up to 127; above, the number of bytes that follow and these. */
function lengthOf(length: number): number[] {
  if (length < 0x80) return [length]
  if (length < 0x100) return [0x81, length]
  return [0x82, length >> 8, length & 0xff]
}

const sequence = (...parts: Uint8Array[]): Buffer => element(0x30, ...parts)
const set = (...parts: Uint8Array[]): Buffer => element(0x31, ...parts)
const tagged = (number: number, part: Uint8Array): Buffer => element(0xa0 + number, part)
const integer = (bytes: Uint8Array): Buffer => element(0x02, bytes)
const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text))
const bitString = (bytes: Uint8Array): Buffer => element(0x03, Buffer.from([0]), bytes)

/** `YYMMDDHHMMSSZ`. */
function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, '')
  return element(0x17, Buffer.from(digits.slice(2)))
}

const commonNameOid = Buffer.from('0603550403', 'hex')
const sha256WithRsa = sequence(Buffer.from('06092a864886f70d01010b0500', 'hex'))

/** One way a secret value may be written down. */
export interface SecretForm {
  encoding: 'plain' | 'base64' | 'hex'
  bytes: Uint8Array
  /** Base64 only: the characters before and after also hold bits of the secret. */
  edges: { left: boolean; right: boolean }
}

/** A shorter value occurs by chance: redacting it would mangle the text and tell an attacker where it is. */
export const shortestSecret = 6

/** Encodings of a value that cannot be undone in place; escapes (URL, HTML, JSON) are removed from the text instead. */
export function formsOf(value: string): SecretForm[] {
  const forms: SecretForm[] = partsOf(value).flatMap((part) => [
    literal(part, 'plain'),
    ...(part.includes(' ') ? [literal(part.replaceAll(' ', '+'), 'plain')] : []),
    ...hexOf(part),
    ...base64Of(part),
  ])
  return forms
}

/** The value itself, the long lines of a value of several lines (a key block is often printed by line), the password of a URL. */
function partsOf(value: string): string[] {
  const lines = value.split(/\r?\n|\\n/).filter((line) => line.length >= 16 && !line.startsWith('-----'))
  const parts = [value, ...(lines.length > 1 ? lines : []), ...passwordOf(value)]
  return [...new Set(parts)].filter((part) => part.length >= shortestSecret)
}

function passwordOf(value: string): string[] {
  if (!URL.canParse(value)) return []
  const { password } = new URL(value)
  if (password === '') return []
  try {
    return [decodeURIComponent(password)]
  } catch {
    return [password]
  }
}

const literal = (text: string, encoding: SecretForm['encoding']): SecretForm => ({
  encoding,
  bytes: Buffer.from(text),
  edges: { left: false, right: false },
})

function hexOf(text: string): SecretForm[] {
  const hex = Buffer.from(text).toString('hex')
  return [literal(hex, 'hex'), literal(hex.toUpperCase(), 'hex')]
}

/**
 * A value inside longer base64 (a basic-auth pair, a JWT, a body) starts at one of three bit positions. For each, the characters
 * that depend on the value alone are looked for, in both alphabets.
 */
function base64Of(text: string): SecretForm[] {
  const value = Buffer.from(text)
  return [0, 1, 2].flatMap((shift) => {
    const bits = (shift + value.length) * 8
    const encoded = Buffer.concat([Buffer.alloc(shift), value]).toString('base64')
    const core = encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(bits / 6))
    const edges = { left: shift > 0, right: bits % 6 > 0 }
    const urlSafe = core.replaceAll('+', '-').replaceAll('/', '_')
    return [...new Set([core, urlSafe])].map((form) => ({ ...literal(form, 'base64'), edges }))
  })
}

/** The value as it may appear letter for letter in a log, for systems that hide exact strings only. */
export function maskForms(value: string): string[] {
  const html = value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  const escaped = [JSON.stringify(value).slice(1, -1), percentEncode(value), html]
  const encoded = formsOf(value).map((form) => Buffer.from(form.bytes).toString())
  return [...new Set([...encoded, ...escaped].flatMap((form) => form.split(/\r?\n/)))].filter(
    (form) => form.length >= shortestSecret,
  )
}

/** Half a surrogate pair has no UTF-8 and makes encodeURIComponent throw. */
const percentEncode = (value: string): string => encodeURIComponent(Buffer.from(value).toString())

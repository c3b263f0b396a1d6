/** The bytes of one member's value in a JSON object exactly as they were sent, without space around them; undefined where it is absent. */
export function rawMember(json: Buffer, member: string): Buffer | undefined {
  let at = skipSpace(json, 0)
  if (json[at] !== brace) return undefined
  at = skipSpace(json, at + 1)
  while (at < json.length && json[at] === quote) {
    const nameEnd = endOfString(json, at)
    const name = parseText(json.subarray(at, nameEnd))
    const colon = skipSpace(json, nameEnd)
    const start = skipSpace(json, colon + 1)
    const end = endOfValue(json, start)
    if (name === member) return json.subarray(start, end)
    const comma = skipSpace(json, end)
    if (json[comma] !== 0x2c) return undefined
    at = skipSpace(json, comma + 1)
  }
  return undefined
}

const quote = 0x22
const backslash = 0x5c
const brace = 0x7b
const opening = new Set([brace, 0x5b])
const closing = new Set([0x7d, 0x5d])
const space = new Set([0x20, 0x09, 0x0a, 0x0d])

function skipSpace(json: Buffer, from: number): number {
  let at = from
  while (space.has(json[at] ?? 0)) at++
  return at
}

/** Behind the closing quote. */
function endOfString(json: Buffer, from: number): number {
  let at = from + 1
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1
  return at + 1
}

/** Behind the value: strings are passed over whole, brackets are counted. */
function endOfValue(json: Buffer, from: number): number {
  let depth = 0
  let at = from
  while (at < json.length) {
    const byte = json[at] ?? 0
    if (depth === 0 && (byte === 0x2c || closing.has(byte) || space.has(byte))) return at
    if (byte === quote) at = endOfString(json, at)
    else at++
    if (opening.has(byte)) depth++
    if (closing.has(byte)) depth--
    if (depth === 0 && (byte === quote || closing.has(byte))) return at
  }
  return at
}

function parseText(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

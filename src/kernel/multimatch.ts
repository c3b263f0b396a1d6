/** One literal to look for; `index` says which of the patterns it was. */
export interface Match {
  index: number
  /** First byte, and the byte after the last one, in what was searched. */
  start: number
  end: number
}

export interface Matcher {
  /** Every place where a pattern ends, the longest pattern of each place only. */
  find(bytes: Uint8Array): Match[]
}

const newline = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const tab = 0x09

/**
 * Finds many byte strings in one pass (Aho and Corasick, 1975), however long the text and however many the patterns.
 * Line breaks, and the indentation after them, are passed over in patterns and text alike, so a wrapped value is still found.
 */
export function createMatcher(patterns: readonly Uint8Array[]): Matcher {
  const joined = patterns.map(withoutLineBreaks)
  const classOf = classesOf(joined)
  const width = Math.max(...classOf) + 1
  const size = joined.reduce((sum, pattern) => sum + pattern.length, 1)
  const next = new Int32Array(size * width)
  const ends = new Int32Array(size).fill(-1)
  insert(joined, next, ends, classOf, width)
  link(next, ends, width)
  const longest = joined.reduce((most, pattern) => Math.max(most, pattern.length), 1)
  return { find: (bytes) => scan(bytes, { next, ends, classOf, width, joined, longest }) }
}

/** Bytes that no pattern has share class 0, which keeps the table narrow. */
function classesOf(patterns: readonly Uint8Array[]): Uint8Array {
  const classOf = new Uint8Array(256)
  let count = 0
  for (const pattern of patterns) for (const byte of pattern) if (classOf[byte] === 0) classOf[byte] = ++count
  return classOf
}

function insert(
  patterns: readonly Uint8Array[],
  next: Int32Array,
  ends: Int32Array,
  classOf: Uint8Array,
  width: number,
): void {
  let states = 1
  patterns.forEach((pattern, index) => {
    let state = 0
    for (const byte of pattern) {
      const slot = state * width + classOf[byte]!
      if (next[slot] === 0) next[slot] = states++
      state = next[slot]!
    }
    if (pattern.length > 0 && ends[state] === -1) ends[state] = index
  })
}

/** Turns the tree into an automaton: a missing step goes where the longest known suffix would go. */
function link(next: Int32Array, ends: Int32Array, width: number): void {
  const fallback = new Int32Array(ends.length)
  const queue: number[] = []
  for (let symbol = 0; symbol < width; symbol++) if (next[symbol] !== 0) queue.push(next[symbol]!)
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head]!
    const suffix = fallback[state]!
    if (ends[state] === -1) ends[state] = ends[suffix]!
    for (let symbol = 0; symbol < width; symbol++) {
      const child = next[state * width + symbol]!
      const other = next[suffix * width + symbol]!
      if (child === 0) {
        next[state * width + symbol] = other
        continue
      }
      fallback[child] = other
      queue.push(child)
    }
  }
}

interface Automaton {
  next: Int32Array
  ends: Int32Array
  classOf: Uint8Array
  width: number
  joined: readonly Uint8Array[]
  longest: number
}

function scan(bytes: Uint8Array, { next, ends, classOf, width, joined, longest }: Automaton): Match[] {
  const found: Match[] = []
  // Where the last bytes that counted were: a match that spans a line break starts further back than its length.
  const mask = 2 ** Math.ceil(Math.log2(longest + 1)) - 1
  const places = new Int32Array(mask + 1)
  let counted = 0
  let state = 0
  let indented = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === newline || byte === carriageReturn) {
      indented = true
      continue
    }
    if (indented && (byte === space || byte === tab)) continue
    indented = false
    places[counted++ & mask] = at
    state = next[state * width + classOf[byte]!]!
    const index = ends[state]!
    if (index === -1) continue
    found.push({ index, start: places[(counted - joined[index]!.length) & mask]!, end: at + 1 })
  }
  return found
}

function withoutLineBreaks(bytes: Uint8Array): Uint8Array {
  return Buffer.from(
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/[\r\n]+[ \t\r\n]*/g, ''),
    'latin1',
  )
}

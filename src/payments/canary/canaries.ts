import { createMatcher, type Matcher } from '../../kernel/multimatch.ts'
import { formsOf } from '../../kernel/secret-forms.ts'
import { unescapeOnce, type View } from '../../kernel/unescape.ts'

/** A secret that came out. */
export interface Leak {
  /** Name of its variable. */
  secret: string
  /** `plain`, `base64`, `hex`, or `part` for eight characters or more in a row. */
  form: string
  /** Where it was: `the answer to POST /checkout`. */
  place: string
}

/** Something the backend let out. */
export interface Exhibit {
  place: string
  text: string
}

export interface Canaries {
  /** Names of the secrets that are looked for. */
  readonly names: string[]
  /** One leak for each secret and place, the most telling form of it. */
  find(exhibits: Iterable<Exhibit>): Leak[]
}

/** This much of a secret in a row is no mask any more: providers show four. */
const slice = 8
/** Shorter values, and words, occur by chance. */
const shortest = 12
const escapeLayers = 3

interface Row {
  secret: string
  form: string
  bytes: Uint8Array
}

/**
 * Searches for secrets in every encoding: plain, base64 at any offset, hex, behind URL, HTML and JSON escapes, and in parts. Values
 * that look like words (they came from somebody's environment) are searched for as a whole only, short ones not at all.
 */
export function createCanaries(secrets: Iterable<{ name: string; value: string }>): Canaries {
  const rows = [...secrets].flatMap(({ name, value }) => rowsOf(name, value))
  let matcher: Matcher | undefined
  return {
    names: [...new Set(rows.map(({ secret }) => secret))],
    find(exhibits) {
      if (rows.length === 0) return []
      matcher ??= createMatcher(rows.map(({ bytes }) => bytes))
      const leaks = new Map<string, Leak>()
      for (const { place, text } of exhibits)
        for (const { secret, form } of rowsIn(matcher, rows, text)) {
          const key = `${secret} ${place}`
          if (!leaks.has(key) || leaks.get(key)?.form === 'part') leaks.set(key, { secret, form, place })
        }
      return [...leaks.values()]
    },
  }
}

function rowsOf(secret: string, value: string): Row[] {
  if (value.length < shortest) return []
  const whole = formsOf(value).map(({ encoding, bytes }) => ({ secret, form: encoding, bytes }))
  const random = value.replace(/^(?:[sr]k_test_|whsec_)/, '')
  if (!isRandom(random)) return whole
  const parts = Array.from({ length: random.length - slice + 1 }, (_, at) => random.slice(at, at + slice))
  return [...whole, ...parts.map((part) => ({ secret, form: 'part', bytes: Buffer.from(part) }))]
}

/** No word and no sequence that somebody typed. */
const isRandom = (text: string): boolean =>
  text.length >= 2 * slice && new Set(text).size >= 10 && /\d/.test(text) && /[a-z]/i.test(text)

function* rowsIn(matcher: Matcher, rows: readonly Row[], text: string): Generator<Row> {
  let view: View | undefined = { bytes: Buffer.from(text) }
  for (let layer = 0; view && layer <= escapeLayers; layer++) {
    for (const { index } of matcher.find(view.bytes)) yield rows[index]!
    view = unescapeOnce(view)
  }
}

import { type CutForm, createCutFinder } from './cut-forms.ts'
import { findKnownSecrets } from './known-secrets.ts'
import { createMatcher, type Matcher } from './multimatch.ts'
import { formsOf, type SecretForm, shortestSecret } from './secret-forms.ts'
import { unescapeOnce, type View } from './unescape.ts'

/** Where a secret was found in something about to be published. */
export interface SecretHit {
  /** Name it was registered under, or the kind that a pattern recognised. */
  name: string
  /** How it was written: plain, base64, hex, url, html or json. */
  encoding: string
  /** In bytes of UTF-8 from the beginning. */
  offset: number
}

export interface Secrets {
  /** Remembers a value that must never be shown, in any encoding; values under 6 characters are ignored. */
  add(name: string, value: string): void
  /** Replaces every known form of every secret by `[redacted:NAME]`, also what a cut has left of it. */
  redact(text: string): string
  /** Finds what redaction would have had to replace; the last look before publishing. */
  sweep(content: string | Uint8Array): SecretHit[]
  /** Name and value of everything that was added, for a CI system that masks exact strings in its log. */
  registered(): { name: string; value: string }[]
}

/** `%252F` is an escape inside an escape; nothing honest goes deeper than this. */
const escapeLayers = 3

interface Hit extends SecretHit {
  end: number
}

/** Knows the secrets of one run: what was registered, in every encoding, and what looks like a secret anyway. */
export function createSecrets(): Secrets {
  const values = new Map<string, string>()
  let forms: { name: string; form: SecretForm }[] = []
  let matcher: Matcher | undefined
  let findCut: (bytes: Uint8Array) => CutForm[] = () => []

  /** Built at the first look after a change: values are added in a burst and then used for thousands of texts. */
  function currentMatcher(): Matcher {
    if (matcher) return matcher
    forms = [...values].flatMap(([value, name]) => formsOf(value).map((form) => ({ name, form })))
    matcher = createMatcher(forms.map(({ form }) => form.bytes))
    findCut = createCutFinder(forms.map(({ form }) => form.bytes))
    return matcher
  }

  function findIn(view: View, original: Uint8Array, isCut: boolean): Hit[] {
    const registered = currentMatcher()
      .find(view.bytes)
      .map(({ index, start, end }) => {
        const { name, form } = forms[index]!
        const left = form.edges.left && isBase64(view.bytes[start - 1]) ? start - 1 : start
        const right = form.edges.right && isBase64(view.bytes[end]) ? end + 1 : end
        return locate(view, original, { name, encoding: form.encoding, start: left, end: right })
      })
    const known = findKnownSecrets(latin1(view.bytes)).map(({ name, start, end }) =>
      locate(view, original, { name, encoding: 'plain', start, end }),
    )
    const pieces = (isCut ? findCut(view.bytes) : []).map(({ index, start, end }) => {
      const { name, form } = forms[index]!
      return locate(view, original, { name, encoding: form.encoding, start, end })
    })
    return [...registered, ...known, ...pieces]
  }

  function find(bytes: Uint8Array, isCut = false): Hit[] {
    const hits: Hit[] = []
    let view: View | undefined = { bytes }
    for (let layer = 0; view && layer <= escapeLayers; layer++) {
      for (const hit of findIn(view, bytes, isCut)) hits.push(hit)
      view = unescapeOnce(view)
    }
    return mergeOverlapping(hits)
  }

  return {
    add(name, value) {
      const trimmed = value.trim()
      if (trimmed.length < shortestSecret || values.has(trimmed)) return
      values.set(trimmed, name)
      matcher = undefined
    },
    redact(text) {
      const bytes = Buffer.from(text)
      const hits = find(bytes, true)
      return hits.length === 0 ? text : replaceHits(bytes, hits)
    },
    sweep(content) {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      return find(bytes).map(({ name, encoding, offset }) => ({ name, encoding, offset }))
    },
    registered: () => [...values].map(([value, name]) => ({ name, value })),
  }
}

function locate(
  { starts, ends }: View,
  original: Uint8Array,
  { name, encoding, start, end }: { name: string; encoding: string; start: number; end: number },
): Hit {
  const offset = starts ? starts[start]! : start
  const last = ends ? ends[end - 1]! : end
  const isEscaped = last - offset > end - start
  return { name, encoding: isEscaped ? escapeKind(original.subarray(offset, last)) : encoding, offset, end: last }
}

function escapeKind(bytes: Uint8Array): string {
  const text = latin1(bytes)
  if (/%[0-9a-f]{2}/i.test(text)) return 'url'
  return /&(?:#|\w+;)/.test(text) ? 'html' : 'json'
}

/** One hit for each stretch of text, named after the longest that begins there; a registered name comes before an equal guess. */
function mergeOverlapping(hits: Hit[]): Hit[] {
  const merged: Hit[] = []
  for (const hit of hits.sort((a, b) => a.offset - b.offset || b.end - a.end)) {
    const last = merged.at(-1)
    if (last && hit.offset < last.end) last.end = Math.max(last.end, hit.end)
    else merged.push({ ...hit })
  }
  return merged
}

function replaceHits(bytes: Buffer, hits: readonly Hit[]): string {
  const pieces: Uint8Array[] = []
  let at = 0
  for (const { name, offset, end } of hits) {
    pieces.push(bytes.subarray(at, offset), Buffer.from(`[redacted:${name}]`))
    at = end
  }
  return Buffer.concat([...pieces, bytes.subarray(at)]).toString()
}

const isBase64 = (byte = 0): boolean => /[A-Za-z0-9+/_-]/.test(String.fromCharCode(byte))

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

/** Shorter pieces stand in a text by chance. */
const shortestPiece = 12

/** Longer forms are looked for no further from a cut than this, in bytes. */
const longestPiece = 1024

const mark = Buffer.from('…')

/** Half an escape, as a cut leaves it before and after itself. */
const brokenEscape = /(?:%[0-9a-f]?|&#?\w{0,6}|\\(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?)$/i

const restOfEscape = /^(?:#?x?\w{0,6};|[0-9a-f]{0,4})/i

export interface CutForm {
  /** Into the forms. */
  index: number
  start: number
  end: number
}

/**
 * Finds forms of which a cut has left a part: their beginning before a cut, their end after one. A text is cut at `…`, and at its own ends, for
 * whoever made it may have cut without a mark.
 */
export function createCutFinder(forms: readonly Uint8Array[]): (bytes: Uint8Array) => CutForm[] {
  const texts = forms.map((form) => latin1(form))
  const beginnings = indexBy(texts, (form) => form.slice(0, shortestPiece))
  const endings = indexBy(texts, (form) => form.slice(-shortestPiece))

  /** Words that a form begins with, from somewhere up to the end of a stretch. */
  function beforeCut(text: string, from: number, to: number): CutForm[] {
    const end = to - (brokenEscape.exec(text.slice(Math.max(from, to - 10), to))?.[0].length ?? 0)
    for (let start = Math.max(from, end - longestPiece); start <= end - shortestPiece; start++) {
      const index = beginnings
        .get(text.slice(start, start + shortestPiece))
        ?.find((form) => texts[form]!.startsWith(text.slice(start, end)))
      if (index !== undefined) return [{ index, start, end: to }]
    }
    return []
  }

  /** Words that a form ends with, from the beginning of a stretch. */
  function afterCut(text: string, from: number, to: number): CutForm[] {
    const rest = restOfEscape.exec(text.slice(from, Math.min(to, from + 10)))?.[0].length ?? 0
    const starts = Array.from({ length: rest + 1 }, (_, skipped) => from + skipped)
    for (let end = Math.min(to, from + longestPiece); end >= from + shortestPiece; end--) {
      const index = endings
        .get(text.slice(end - shortestPiece, end))
        ?.find((form) => starts.some((start) => isEnding(texts[form]!, text.slice(start, end))))
      if (index !== undefined) return [{ index, start: from, end }]
    }
    return []
  }

  return (bytes) => {
    if (forms.length === 0 || bytes.length < shortestPiece) return []
    const text = latin1(bytes)
    return stretchesOf(bytes).flatMap(([from, to]) => [...beforeCut(text, from, to), ...afterCut(text, from, to)])
  }
}

const isEnding = (form: string, piece: string): boolean => piece.length >= shortestPiece && form.endsWith(piece)

/** What stands between marks. */
function stretchesOf(bytes: Uint8Array): [from: number, to: number][] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const stretches: [number, number][] = []
  let from = 0
  for (let at = buffer.indexOf(mark); at >= 0; at = buffer.indexOf(mark, from)) {
    stretches.push([from, at])
    from = at + mark.length
  }
  return [...stretches, [from, bytes.length]]
}

function indexBy(texts: readonly string[], keyOf: (text: string) => string): Map<string, number[]> {
  const index = new Map<string, number[]>()
  for (const [i, text] of texts.entries())
    if (text.length > shortestPiece) index.set(keyOf(text), [...(index.get(keyOf(text)) ?? []), i])
  return index
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

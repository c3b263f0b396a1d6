import { firstTokens, type Token } from './tokens.ts'

export interface CopyStatement {
  schema: string
  name: string
  columns: string[]
  /** Whether rows are in the text format with its usual marks: then their SHA-256 means something. */
  isText: boolean
}

const maxTokens = 8000

/** Reads `COPY name [(columns)] FROM stdin […]`; undefined for every other COPY. */
export function parseCopy(sql: string): CopyStatement | undefined {
  return readCopy(firstTokens(sql, maxTokens))
}

export const isCopyFromStdin = (bytes: Buffer): boolean =>
  bytes.length < 2 ** 20 && parseCopy(bytes.toString('utf8')) !== undefined

/** psql's own `\copy t from stdin` takes rows from the script as well. */
export const isMetaCopyFromStdin = (text: string): boolean =>
  /^\\copy\b/i.test(text) && parseCopy(text.slice(1)) !== undefined

function readCopy(tokens: Token[]): CopyStatement | undefined {
  if (!isWord(tokens[0], 'copy')) return undefined
  let at = isWord(tokens[1], 'binary') ? 2 : 1
  const parts: string[] = []
  for (;;) {
    const part = tokens[at]
    if (part?.kind !== 'word' && part?.kind !== 'name') return undefined
    parts.push(part.text)
    if (tokens[at + 1]?.text !== '.') break
    at += 2
  }
  at++
  const columns: string[] = []
  if (tokens[at]?.text === '(' && tokens[at]?.kind === 'symbol') {
    for (at++; tokens[at] && !(tokens[at]?.kind === 'symbol' && tokens[at]?.text === ')'); at++)
      if (tokens[at]?.kind !== 'symbol') columns.push((tokens[at] as Token).text)
    at++
  }
  if (!isWord(tokens[at], 'from') || !/^p?stdin$/.test(tokens[at + 1]?.text ?? '')) return undefined
  if (tokens[at + 1]?.kind !== 'word') return undefined
  const options = tokens.slice(at + 2).filter((token) => !(token.kind === 'symbol' && token.text === ';'))
  const isText = options.length === 0 && !isWord(tokens[1], 'binary')
  return { schema: parts.length > 1 ? (parts.at(-2) as string) : '', name: parts.at(-1) as string, columns, isText }
}

const isWord = (token: Token | undefined, text: string): boolean => token?.kind === 'word' && token.text === text

/** `SET name = value` or `TO value`; the value without quotes. */
export function settingOf(bytes: Buffer): { name: string; value: string } | undefined {
  if (bytes.length > 10_000) return undefined
  const tokens = firstTokens(bytes.toString('utf8'), 8).filter(({ text }) => text !== 'session' && text !== 'local')
  const [set, name, equals, value] = tokens
  if (!isWord(set, 'set') || name === undefined || value === undefined) return undefined
  if (isWord(name, 'names')) return { name: 'client_encoding', value: equals?.text ?? '' }
  if (equals?.text !== '=' && equals?.text !== 'to') return undefined
  return { name: name.text, value: value.text }
}

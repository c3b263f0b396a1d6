/** A token of SQL; `text` is what a name means (unquoted and folded), what a string says, or the token itself. */
export interface Token {
  kind: 'word' | 'name' | 'string' | 'dollar' | 'number' | 'symbol'
  text: string
  /** Where it begins and ends in the statement. */
  at: number
  end: number
}

const space = /(?:[ \t\r\n\f\v]+|--[^\n]*)+/y
const word = /[A-Za-z_\u0080-\u{10ffff}][\w$\u0080-\u{10ffff}]*/uy
const number = /(?:\d[\w]*(?:\.\w*)?|\.\d\w*)(?:[eE][+-]?\d+)?/y
const dollarTag = /\$(?:[A-Za-z_\u0080-\u{10ffff}][\w\u0080-\u{10ffff}]*)?\$/uy

/** The tokens of one statement, without comments; lazily, because a statement may be long. Never throws: an open string ends with the text. */
export function* tokensOf(sql: string, standardStrings = true): Generator<Token> {
  let at = 0
  while (at < sql.length) {
    at = skipSpace(sql, at)
    if (at >= sql.length) return
    const token = tokenAt(sql, at, standardStrings)
    yield token
    at = token.end
  }
}

/** The first tokens: enough for what a statement does and to what. */
export function firstTokens(sql: string, count: number, standardStrings = true): Token[] {
  const found: Token[] = []
  for (const token of tokensOf(sql, standardStrings)) {
    found.push(token)
    if (found.length === count) break
  }
  return found
}

function skipSpace(sql: string, start: number): number {
  let at = start
  for (;;) {
    at = match(space, sql, at)?.end ?? at
    if (!sql.startsWith('/*', at)) return at
    at = endOfComment(sql, at)
  }
}

function endOfComment(sql: string, start: number): number {
  let depth = 0
  for (let at = start; at < sql.length; at++) {
    const pair = sql.slice(at, at + 2)
    if (pair === '/*') depth++
    else if (pair === '*/') depth--
    else continue
    at++
    if (depth === 0) return at + 1
  }
  return sql.length
}

function tokenAt(sql: string, at: number, standardStrings: boolean): Token {
  const char = sql[at] as string
  if (char === "'") return standardStrings ? plainString(sql, at) : escapedString(sql, at, at + 1)
  if (char === '"') return { ...plainString(sql, at), kind: 'name' }
  if (char === '$') return dollarToken(sql, at)
  if ((char === 'e' || char === 'E') && sql[at + 1] === "'") return escapedString(sql, at, at + 2)
  const found = match(word, sql, at)
  if (found) return { kind: 'word', text: found.text.toLowerCase(), at, end: found.end }
  const digits = match(number, sql, at)
  if (digits) return { kind: 'number', text: digits.text, at, end: digits.end }
  return { kind: 'symbol', text: char, at, end: at + 1 }
}

/** A string or quoted name: only its own quote, doubled, is special. Searched and not matched, because values may be of hundreds of megabytes. */
function plainString(sql: string, at: number): Token {
  const mark = sql[at] as string
  for (let from = at + 1; ; ) {
    const close = sql.indexOf(mark, from)
    if (close < 0) return { kind: 'string', text: sql.slice(at + 1), at, end: sql.length }
    if (sql[close + 1] !== mark) {
      const text = sql.slice(at + 1, close)
      return {
        kind: 'string',
        text: text.includes(mark) ? text.replaceAll(mark + mark, mark) : text,
        at,
        end: close + 1,
      }
    }
    from = close + 2
  }
}

function escapedString(sql: string, at: number, begin: number): Token {
  for (let from = begin; from < sql.length; from++) {
    const char = sql[from]
    if (char === '\\') from++
    else if (char === "'" && sql[from + 1] === "'") from++
    else if (char === "'") return { kind: 'string', text: unescapeString(sql.slice(begin, from)), at, end: from + 1 }
  }
  return { kind: 'string', text: unescapeString(sql.slice(begin)), at, end: sql.length }
}

function dollarToken(sql: string, at: number): Token {
  const tag = match(dollarTag, sql, at)
  if (!tag) return { kind: 'symbol', text: '$', at, end: at + 1 }
  const close = sql.indexOf(tag.text, tag.end)
  const end = close < 0 ? sql.length : close + tag.text.length
  return { kind: 'dollar', text: sql.slice(tag.end, close < 0 ? undefined : close), at, end }
}

const controls: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' }

/** Escapes of E'…' strings. */
export function unescapeString(text: string): string {
  return text.replace(
    /''|\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g,
    (all, ...groups) => {
      const [octal, hex, short, long, char] = groups as (string | undefined)[]
      if (all === "''") return "'"
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8) & 255)
      const code = hex ?? short ?? long
      if (code) return Number.parseInt(code, 16) <= 0x10ffff ? String.fromCodePoint(Number.parseInt(code, 16)) : ''
      return controls[char as string] ?? (char as string)
    },
  )
}

function match(pattern: RegExp, sql: string, at: number): { text: string; end: number } | undefined {
  pattern.lastIndex = at
  const found = pattern.exec(sql)
  return found ? { text: found[0], end: pattern.lastIndex } : undefined
}

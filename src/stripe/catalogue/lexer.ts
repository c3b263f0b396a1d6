/** Names, literals and punctuation of a declaration file. A doc comment belongs to the name or bracket that follows it. */
export interface Token {
  kind: 'name' | 'string' | 'number' | 'punctuation' | 'end'
  text: string
  doc?: string
}

const pattern =
  /\s+|\/\/[^\n]*|(\/\*[\s\S]*?\*\/)|([A-Za-z_$][\w$]*)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|(=>|\.\.\.|[{}()[\]<>|&;:,.?=*@!#`])/gy

/** Splits a declaration file; throws on any character that such files do not have. */
export function lex(source: string, file: string): Token[] {
  const tokens: Token[] = []
  let doc: string | undefined
  pattern.lastIndex = 0
  while (pattern.lastIndex < source.length) {
    const at = pattern.lastIndex
    const match = pattern.exec(source)
    if (!match) throw new Error(`${file}: unexpected ${JSON.stringify(source.slice(at, at + 30))} at offset ${at}`)
    const [, comment, name, string, number, punctuation] = match
    if (comment !== undefined) {
      doc = comment
      continue
    }
    const token = tokenOf(name, string, number, punctuation)
    if (!token) continue
    if (doc !== undefined && (token.kind === 'name' || token.text === '[')) token.doc = doc
    if (token.kind === 'name') doc = undefined
    tokens.push(token)
  }
  tokens.push({ kind: 'end', text: '' })
  return tokens
}

function tokenOf(name?: string, string?: string, number?: string, punctuation?: string): Token | undefined {
  if (name !== undefined) return { kind: 'name', text: name }
  if (string !== undefined) return { kind: 'string', text: string.slice(1, -1).replace(/\\(.)/g, '$1') }
  if (number !== undefined) return { kind: 'number', text: number }
  if (punctuation !== undefined) return { kind: 'punctuation', text: punctuation }
  return undefined
}

/** A place in a list of tokens. */
export class TokenReader {
  private readonly tokens: Token[]
  private readonly file: string
  private at = 0

  constructor(source: string, file: string) {
    this.tokens = lex(source, file)
    this.file = file
  }

  get current(): Token {
    return this.tokens[this.at]!
  }

  next(): Token {
    return this.tokens[this.at++]!
  }

  /** Whether the token `ahead` of the current one is this word or sign (a string literal never is). */
  is(text: string, ahead = 0): boolean {
    const token = this.tokens[this.at + ahead]
    return token !== undefined && token.text === text && token.kind !== 'string'
  }

  take(text: string): boolean {
    if (!this.is(text)) return false
    this.at++
    return true
  }

  need(text: string): void {
    if (!this.take(text)) this.fail(`expected ${text}`)
  }

  fail(what: string): never {
    const near = this.tokens.slice(Math.max(0, this.at - 3), this.at + 4).map((token) => token.text)
    throw new Error(`${this.file}: ${what} near \`${near.join(' ')}\``)
  }

  /** Runs `attempt` and comes back to where it started. */
  lookAhead<T>(attempt: () => T): T {
    const start = this.at
    const result = attempt()
    this.at = start
    return result
  }

  /** Skips to behind the sign that closes the one just taken. */
  skipPast(open: string, close: string): void {
    for (let depth = 1; depth > 0; ) {
      const token = this.next()
      if (token.kind === 'end') this.fail(`expected ${close}`)
      if (token.kind === 'punctuation' && token.text === open) depth++
      if (token.kind === 'punctuation' && token.text === close) depth--
    }
  }
}

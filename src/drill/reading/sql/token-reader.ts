import type { Token } from './tokens.ts'

export interface QualifiedName {
  schema?: string
  name: string
}

/** Reads tokens from left to right; every method that does not find what it wants leaves its place as it was. */
export class TokenReader {
  #at = 0

  constructor(readonly tokens: readonly Token[]) {}

  get current(): Token | undefined {
    return this.tokens[this.#at]
  }

  get done(): boolean {
    return this.#at >= this.tokens.length
  }

  next(): Token | undefined {
    return this.tokens[this.#at++]
  }

  /** Takes these words when they come next. */
  words(...words: string[]): boolean {
    const here = words.every((word, index) => isWord(this.tokens[this.#at + index], word))
    if (here) this.#at += words.length
    return here
  }

  /** Takes the first of these words that comes next. */
  oneOf(...words: string[]): string | undefined {
    return words.find((word) => this.words(...word.split(' ')))
  }

  symbol(text: string): boolean {
    const here = this.current?.kind === 'symbol' && this.current.text === text
    if (here) this.#at++
    return here
  }

  /** `name`, `schema.name`, `database.schema.name`; quoted or not. */
  name(): QualifiedName | undefined {
    const parts: string[] = []
    let at = this.#at
    for (;;) {
      const token = this.tokens[at]
      if (token?.kind !== 'word' && token?.kind !== 'name') break
      parts.push(token.text)
      at++
      const dot = this.tokens[at]
      if (dot?.kind !== 'symbol' || dot.text !== '.') break
      at++
    }
    const name = parts.at(-1)
    if (name === undefined) return undefined
    this.#at = at
    const schema = parts.at(-2)
    return { name, ...(schema !== undefined && { schema }) }
  }

  string(): string | undefined {
    const token = this.current
    if (token?.kind !== 'string' && token?.kind !== 'dollar') return undefined
    this.#at++
    return token.text
  }

  /** Goes on to behind these words, outside of parentheses; false and nowhere when they do not come. */
  find(...words: string[]): boolean {
    const from = this.#at
    let depth = 0
    for (; this.#at < this.tokens.length; this.#at++) {
      if (depth === 0 && this.words(...words)) return true
      if (this.current?.kind !== 'symbol') continue
      if (this.current.text === '(') depth++
      if (this.current.text === ')') depth--
    }
    this.#at = from
    return false
  }

  /** Text of a parenthesis that begins here, as tokens joined; the reader goes behind it. */
  parenthesis(): string {
    const parts: string[] = []
    let depth = 0
    do {
      const token = this.next()
      if (!token) break
      if (token.kind === 'symbol' && token.text === '(') depth++
      if (token.kind === 'symbol' && token.text === ')') depth--
      parts.push(token.text)
    } while (depth > 0)
    return parts.join(' ')
  }
}

export const isWord = (token: Token | undefined, text: string): boolean => token?.kind === 'word' && token.text === text

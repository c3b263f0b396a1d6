/**
 * Says whether a semicolon ends a statement: not inside parentheses (rules with several actions) and not inside the body of
 * `CREATE FUNCTION … BEGIN ATOMIC … END`. psql decides by the same words: CASE also ends with END, so it counts too.
 */
export class StatementDepth {
  #words: string[] = []
  #parens = 0
  #begins = 0

  get first(): string {
    return this.#words[0] ?? ''
  }

  /** A word outside of quotes, in lower case. */
  word(word: string): void {
    if (this.#words.length < 4) this.#words.push(word)
    if (this.#parens > 0 || !this.#makesRoutine()) return
    if (word === 'begin' || (word === 'case' && this.#begins > 0)) this.#begins++
    if (word === 'end' && this.#begins > 0) this.#begins--
  }

  open(): void {
    this.#parens++
  }

  close(): void {
    if (this.#parens > 0) this.#parens--
  }

  get ends(): boolean {
    return this.#parens === 0 && this.#begins === 0
  }

  reset(): void {
    this.#words = []
    this.#parens = 0
    this.#begins = 0
  }

  #makesRoutine(): boolean {
    const [first, second, third, fourth] = this.#words
    const what = second === 'or' && third === 'replace' ? fourth : second
    return first === 'create' && (what === 'function' || what === 'procedure')
  }
}

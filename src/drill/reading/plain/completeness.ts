/** Comments by which pg_dump and pg_dumpall say that they began and ended. */
const begins: Record<string, Dump> = {
  'PostgreSQL database dump': 'dump',
  'PostgreSQL database cluster dump': 'cluster',
}
const ends: Record<string, Dump> = {
  'PostgreSQL database dump complete': 'dump',
  'PostgreSQL database cluster dump complete': 'cluster',
}
type Dump = 'dump' | 'cluster'

/** Follows the begin and end marks of dumps in one file; pg_dumpall's file holds several, and files are joined with cat. */
export class Completeness {
  #open: Dump[] = []
  #begun = 0
  #unbegun = 0
  #restrict: string | undefined
  isCluster = false

  /** `\restrict key` at the beginning goes with `\unrestrict key` as the last line. */
  meta(line: string): void {
    const found = /^\\(un)?restrict\s+(\S+)/.exec(line)
    if (found && !found[1]) this.#restrict = found[2]
    else if (found && found[2] === this.#restrict) this.#restrict = undefined
  }

  comment(text: string): void {
    const mark = text.replace(/^--\s*/, '').trim()
    const begin = begins[mark]
    const end = ends[mark]
    if (begin) {
      this.#begun++
      this.#open.push(begin)
      if (begin === 'cluster') this.isCluster = true
    }
    if (!end) return
    const at = this.#open.lastIndexOf(end)
    if (at < 0) this.#unbegun++
    else this.#open.splice(at)
  }

  /** Whether the file says of itself that pg_dump wrote it. */
  get isMarked(): boolean {
    return this.#begun > 0
  }

  /** A dump that began has not ended. */
  get isOpen(): boolean {
    return this.#open.length > 0 || this.#restrict !== undefined
  }

  /** An end without its beginning. */
  get lacksBeginning(): boolean {
    return this.#unbegun > 0
  }
}

/** How a dump writes values: what is needed to write the restored ones in the same way. */
export interface MysqlFacts {
  /** Binary values as 0x…, not as strings. */
  hasHex: boolean
  /** Of its strings; undefined: several, or one that cannot be read byte by byte. */
  charset: string | undefined
  /** Times with a zone are in UTC. */
  isUtc: boolean
  /** Rows of the past of versioned tables as well. */
  hasHistory: boolean
  /** Lines of FLUSH PRIVILEGES, from 1: nobody who restores may do that, and nothing depends on it. */
  flushes: ReadonlySet<number>
  /** Tables (`placeKey`) whose rows later statements changed. */
  changed: ReadonlySet<string>
}

/** Charsets in which a quote and a backslash are never part of another character. */
const plain =
  /^(?:utf8|utf8mb3|utf8mb4|binary|ascii|latin[1257]|cp1250|cp1251|cp1256|cp1257|cp850|cp852|cp866|greek|hebrew|koi8r|koi8u|armscii8|geostd8|macce|macroman|keybcs2|dec8|hp8|swe7|tis620|ujis|eucjpms|euckr)$/

/** Gathers MysqlFacts statement by statement. */
export class MysqlWriting {
  readonly changed = new Set<string>()
  #hasHex = false
  #zones = 0
  #savesZone = false
  #hasHistory = false
  readonly #flushes = new Set<number>()
  #charset = 'utf8mb4'
  /** Those that rows were written in. */
  readonly #charsets = new Set<string>()

  row(bytes: Buffer): void {
    this.#charsets.add(this.#charset)
    this.#hasHex ||= bytes.includes(',0x') || bytes.includes('(0x')
  }

  statement(code: string, line: number): void {
    if (/^flush\s+privileges$/i.test(code)) this.#flushes.add(line)
    if (!/^set\b/i.test(code)) return
    if (/\bsystem_versioning_insert_history\s*=\s*1\b/i.test(code)) this.#hasHistory = true
    const names = /^set\s+names\s+(\S+)/i.exec(code)
    if (names) this.#charset = (names[1] as string).toLowerCase()
    if (/@old_time_zone\s*=\s*@@time_zone/i.test(code)) this.#savesZone = true
    else if (/\btime_zone\s*=\s*''/i.test(code)) this.#zones++
  }

  facts(): MysqlFacts {
    const [charset = 'utf8mb4', ...others] = this.#charsets
    const isKnown = others.length === 0 && plain.test(charset)
    return {
      hasHex: this.#hasHex,
      charset: isKnown ? charset : undefined,
      // The text of the zone is in a string; the tools write UTC, once, behind saving the one that was set.
      isUtc: this.#zones === 0 || (this.#savesZone && this.#zones === 1),
      hasHistory: this.#hasHistory,
      flushes: this.#flushes,
      changed: this.changed,
    }
  }
}

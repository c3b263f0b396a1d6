import type { KeyReading } from '../define.ts'
import { BrokenBackup } from '../source/broken.ts'
import type { ByteCursor } from '../source/cursor.ts'
import { Crc64 } from './crc64.ts'
import { RdbValues, typeName } from './rdb-values.ts'

export interface RdbReading {
  version: number
  keys: KeyReading[]
  /** Facts that the server wrote of itself: `redis-ver`, `ctime`, … */
  facts: Record<string, string>
  functions: number
}

/** Newest format whose value types are known: Redis 7.4 and 8. */
const newest = 13

/** Reads an RDB file to its end and checks its CRC-64; stands behind it afterwards. `now` in milliseconds decides which keys have run out. */
export async function readRdb(cursor: ByteCursor, now: number): Promise<RdbReading> {
  const crc = new Crc64()
  cursor.watch((bytes) => crc.update(bytes))
  const magic = (await cursor.take(9)).toString('latin1')
  const version = Number(/\d+$/.exec(magic)?.[0])
  if (!/^(REDIS|VALKEY)\d+$/.test(magic)) throw new BrokenBackup('CORRUPT', 'the version in its first bytes is none')
  const reader = new RdbReader(cursor, new RdbValues(cursor), version, now)
  try {
    await reader.read()
  } finally {
    cursor.unwatch()
  }
  if (version >= 5) {
    const said = (await cursor.take(8)).readBigUInt64LE()
    if (said !== 0n && said !== crc.value)
      throw new BrokenBackup('CORRUPT', 'the CRC-64 at its end is not that of its content')
  }
  return { version, keys: [...reader.keys.values()], facts: reader.facts, functions: reader.functions }
}

class RdbReader {
  readonly keys = new Map<number, KeyReading>()
  readonly facts: Record<string, string> = {}
  functions = 0
  #database = 0
  #expires: number | undefined

  constructor(
    private readonly cursor: ByteCursor,
    private readonly values: RdbValues,
    private readonly version: number,
    private readonly now: number,
  ) {}

  async read(): Promise<void> {
    for (;;) {
      const code = await this.cursor.byte()
      if (code === 0xff) return
      if (code < 0xf0) await this.#key(code)
      else await this.#fact(code)
    }
  }

  async #key(type: number): Promise<void> {
    const name = typeName(type)
    if (!name) {
      const message = `a value of the unknown kind ${type} at byte ${this.cursor.position - 1}`
      throw new BrokenBackup(this.version > newest ? 'DUMP_NEWER' : 'CORRUPT', message, `RDB version ${this.version}`)
    }
    await this.values.string()
    await this.values.value(type)
    const keys = this.keys.get(this.#database) ?? {
      database: this.#database,
      keys: 0,
      types: {},
      expiring: 0,
      expired: 0,
    }
    this.keys.set(this.#database, keys)
    keys.keys++
    keys.types[name] = (keys.types[name] ?? 0) + 1
    if (this.#expires !== undefined) keys.expiring++
    if (this.#expires !== undefined && this.#expires <= this.now) keys.expired++
    this.#expires = undefined
  }

  async #fact(code: number): Promise<void> {
    if (code === 0xfe) this.#database = await this.values.count()
    else if (code === 0xfd) this.#expires = (await this.cursor.take(4)).readUInt32LE() * 1000
    else if (code === 0xfc) this.#expires = Number((await this.cursor.take(8)).readBigUInt64LE())
    else if (code === 0xfb) await this.#counts(2)
    else if (code === 0xf4) await this.#counts(3)
    else if (code === 0xf8) await this.values.count()
    else if (code === 0xf9) await this.cursor.skip(1)
    else if (code === 0xfa) await this.#aux()
    else if (code === 0xf5) await this.#function()
    else if (code === 0xf7) await this.#module()
    else
      throw new BrokenBackup(
        this.version > newest ? 'DUMP_NEWER' : 'CORRUPT',
        `an unknown mark ${code} at byte ${this.cursor.position - 1}`,
      )
  }

  async #counts(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await this.values.count()
  }

  async #function(): Promise<void> {
    this.functions++
    await this.values.string()
  }

  async #module(): Promise<void> {
    await this.values.length()
    await this.#counts(2)
    await this.values.moduleData()
  }

  async #aux(): Promise<void> {
    const name = await this.#text()
    this.facts[name] = await this.#text()
  }

  async #text(): Promise<string> {
    const { value, special } = await this.values.length()
    if (!special && value > 65_536)
      throw new BrokenBackup('CORRUPT', `a fact of ${value} bytes at byte ${this.cursor.position}`)
    if (!special) return (await this.cursor.take(value)).toString('utf8')
    if (value > 2) throw new BrokenBackup('CORRUPT', `a fact that is none at byte ${this.cursor.position}`)
    return String((await this.cursor.take(2 ** value)).readIntLE(0, 2 ** value))
  }
}

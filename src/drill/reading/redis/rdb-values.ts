import { BrokenBackup } from '../source/broken.ts'
import type { ByteCursor } from '../source/cursor.ts'

/** What a value type of an RDB file is to people. */
const names: Record<number, string> = {
  0: 'string',
  1: 'list',
  2: 'set',
  3: 'zset',
  4: 'hash',
  5: 'zset',
  6: 'module',
  7: 'module',
  9: 'hash',
  10: 'list',
  11: 'set',
  12: 'zset',
  13: 'hash',
  14: 'list',
  15: 'stream',
  16: 'hash',
  17: 'zset',
  18: 'list',
  19: 'stream',
  20: 'set',
  21: 'stream',
  22: 'hash',
  23: 'hash',
  24: 'hash',
  25: 'hash',
}

export const typeName = (type: number): string | undefined => names[type]

/** Passes over the parts of an RDB file; the content of values is nobody's business here. */
export class RdbValues {
  constructor(private readonly cursor: ByteCursor) {}

  /** A length; `special` where the two first bits say that an encoded string follows. */
  async length(): Promise<{ value: number; special: boolean }> {
    const first = await this.cursor.byte()
    const kind = first >> 6
    if (kind === 0) return { value: first & 63, special: false }
    if (kind === 1) return { value: ((first & 63) << 8) | (await this.cursor.byte()), special: false }
    if (kind === 3) return { value: first & 63, special: true }
    if (first === 0x80) return { value: (await this.cursor.take(4)).readUInt32BE(), special: false }
    if (first === 0x81) return { value: Number((await this.cursor.take(8)).readBigUInt64BE()), special: false }
    throw new BrokenBackup('CORRUPT', `a length that is none at byte ${this.cursor.position - 1}`)
  }

  async count(): Promise<number> {
    const { value, special } = await this.length()
    if (special) throw new BrokenBackup('CORRUPT', `a length that is none at byte ${this.cursor.position - 1}`)
    return value
  }

  async string(): Promise<void> {
    const { value, special } = await this.length()
    if (!special) return this.cursor.skip(value)
    if (value < 3) return this.cursor.skip(2 ** value)
    if (value !== 3)
      throw new BrokenBackup('CORRUPT', `a string of the unknown encoding ${value} at byte ${this.cursor.position}`)
    const packed = await this.count()
    await this.count()
    return this.cursor.skip(packed)
  }

  async strings(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await this.string()
  }

  async value(type: number): Promise<void> {
    if ([0, 9, 10, 11, 12, 13, 16, 17, 20, 23].includes(type)) return this.string()
    if (type === 1 || type === 2 || type === 14) return this.strings(await this.count())
    if (type === 4) return this.strings(2 * (await this.count()))
    if (type === 3 || type === 5) return this.#sortedSet(type)
    if (type === 18) return this.#each(() => this.#numbered(1))
    if (type === 15 || type === 19 || type === 21) return this.#stream(type)
    if (type === 22 || type === 24) return this.#expiringHash(type)
    if (type === 25) await this.cursor.skip(8)
    if (type === 25) return this.string()
    if (type === 7) await this.length()
    if (type === 7) return this.moduleData()
    throw new BrokenBackup('UNSUPPORTED', `a value of the kind ${type} cannot be read here`, `value type ${type}`)
  }

  async #each(one: () => Promise<void>): Promise<void> {
    const count = await this.count()
    for (let index = 0; index < count; index++) await one()
  }

  /** A number and then strings. */
  async #numbered(strings: number): Promise<void> {
    await this.count()
    await this.strings(strings)
  }

  async #sortedSet(type: number): Promise<void> {
    await this.#each(async () => {
      await this.string()
      if (type === 5) return this.cursor.skip(8)
      const length = await this.cursor.byte()
      return length < 253 ? this.cursor.skip(length) : undefined
    })
  }

  async #expiringHash(type: number): Promise<void> {
    if (type === 24) await this.cursor.skip(8)
    await this.#each(() => this.#numbered(2))
  }

  async #stream(type: number): Promise<void> {
    await this.#each(() => this.strings(2))
    for (let index = 0; index < (type === 15 ? 3 : 8); index++) await this.count()
    await this.#each(async () => {
      await this.string()
      for (let index = 0; index < (type === 15 ? 2 : 3); index++) await this.count()
      await this.#each(async () => {
        await this.cursor.skip(24)
        await this.count()
      })
      await this.#each(async () => {
        await this.string()
        await this.cursor.skip(type === 21 ? 16 : 8)
        await this.#each(() => this.cursor.skip(16))
      })
    })
  }

  /** Values of modules say of each part what it is. */
  async moduleData(): Promise<void> {
    for (;;) {
      const kind = await this.count()
      if (kind === 0) return
      if (kind === 1 || kind === 2) await this.length()
      else if (kind === 3) await this.cursor.skip(4)
      else if (kind === 4) await this.cursor.skip(8)
      else if (kind === 5) await this.string()
      else throw new BrokenBackup('CORRUPT', `a part of the unknown kind ${kind} at byte ${this.cursor.position}`)
    }
  }
}

import { BrokenBackup } from '../source/broken.ts'
import type { ByteCursor } from '../source/cursor.ts'

export interface AofReading {
  commands: number
  /** By name in upper case: SET, HSET … */
  names: Record<string, number>
}

const maxArguments = 2 ** 24

/** Reads the commands of an append-only file; one that is cut off at its end is TRUNCATED, though Redis would load the rest without a word. */
export async function readAof(cursor: ByteCursor): Promise<AofReading> {
  const names: Record<string, number> = {}
  let commands = 0
  let open = false
  while (!(await cursor.atEnd())) {
    const first = await cursor.byte()
    if (first === 35) {
      await lineOf(cursor)
      continue
    }
    if (first !== 42) throw new BrokenBackup('CORRUPT', `byte ${cursor.position - 1} does not begin a command`)
    const name = await command(cursor)
    names[name] = (names[name] ?? 0) + 1
    commands++
    if (name === 'MULTI') open = true
    if (name === 'EXEC') open = false
  }
  if (open) throw new BrokenBackup('TRUNCATED', 'it ends in a transaction: EXEC is missing')
  return { commands, names }
}

async function command(cursor: ByteCursor): Promise<string> {
  const count = Number(await lineOf(cursor))
  if (!Number.isInteger(count) || count < 1 || count > maxArguments)
    throw new BrokenBackup('CORRUPT', `a command of no known length at byte ${cursor.position}`)
  let name = ''
  for (let index = 0; index < count; index++) {
    if ((await cursor.byte()) !== 36)
      throw new BrokenBackup('CORRUPT', `byte ${cursor.position - 1} does not begin an argument`)
    const length = Number(await lineOf(cursor))
    if (!Number.isInteger(length) || length < 0)
      throw new BrokenBackup('CORRUPT', `an argument of no known length at byte ${cursor.position}`)
    if (index === 0 && length < 64) name = (await cursor.take(length)).toString('latin1').toUpperCase()
    else await cursor.skip(length)
    if ((await cursor.take(2)).toString('latin1') !== '\r\n')
      throw new BrokenBackup('CORRUPT', `an argument does not end at byte ${cursor.position - 2}`)
  }
  return name
}

async function lineOf(cursor: ByteCursor): Promise<string> {
  let line = ''
  for (;;) {
    const byte = await cursor.byte()
    if (byte === 10) return line.replace(/\r$/, '')
    if (line.length > 100) throw new BrokenBackup('CORRUPT', `a line without end at byte ${cursor.position}`)
    line += String.fromCharCode(byte)
  }
}

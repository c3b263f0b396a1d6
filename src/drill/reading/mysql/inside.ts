import { countLines } from '../plain/characters.ts'
import type { Inside, Taken } from '../plain/inside.ts'

/** A string of MySQL: a backslash takes the meaning from the next byte; a doubled quote ends it and begins it again, which is the same. */
export const backslashString = (mark: number): Inside => ({
  what: 'string',
  take(buffer, at, last) {
    let next = at
    for (; next < buffer.length; next++) {
      const byte = buffer[next]
      if (byte === 92 && next + 1 === buffer.length && !last) return taken(buffer, at, next, false)
      if (byte === 92) next++
      else if (byte === mark) return taken(buffer, at, next + 1, true)
    }
    return taken(buffer, at, buffer.length, false)
  },
})

/** A comment of MySQL; they do not nest. */
export const blockComment: Inside = {
  what: 'comment',
  take(buffer, at, last) {
    const found = buffer.indexOf('*/', at, 'latin1')
    if (found >= 0) return taken(buffer, at, found + 2, true)
    return taken(buffer, at, last ? buffer.length : Math.max(at, buffer.length - 1), false)
  },
}

const taken = (buffer: Buffer, from: number, next: number, done: boolean): Taken => ({
  next,
  done,
  lines: countLines(buffer, from, next),
})

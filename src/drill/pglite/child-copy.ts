import type { PGlite } from '@electric-sql/pglite'
import { type Token, tokensOf } from '../reading/sql/tokens.ts'
import { answers } from './child-frames.ts'

export interface Copy {
  /** One message of the client; true when the COPY is over, well or not. */
  take(type: string, body: Buffer): Promise<boolean>
}

/** Rows are handed over in pieces of about this size. */
const pieceBytes = 16 << 20

/**
 * Plays `COPY … FROM STDIN` for the client: PGlite waits for ever for rows on its own standard input, but takes them from `/dev/blob`.
 * undefined when the statement is something else.
 */
export function createCopy(engine: PGlite, sql: string, send: (bytes: Uint8Array) => void): Copy | undefined {
  const stdin = /^\s*copy\b/i.test(sql) ? findStdin(sql) : undefined
  if (!stdin) return undefined
  const options = sql.slice(stdin.end).replace(/;\s*$/, '')
  const statement = `${sql.slice(0, stdin.at)}'/dev/blob'${options}`
  const canSplit = !/\b(?:csv|binary)\b/i.test(options)
  let pieces: Buffer[] = []
  let size = 0
  let rows = 0
  let failure: Buffer | undefined

  const hand = async (bytes: Buffer): Promise<void> => {
    if (bytes.length === 0 && rows > 0) return
    try {
      const { affectedRows = 0 } = await engine.query(statement, [], { blob: new Blob([bytes as Buffer<ArrayBuffer>]) })
      rows += affectedRows
    } catch (error) {
      failure = answers.error(withLine(error, rows))
    }
  }

  const handWhole = async (): Promise<void> => {
    const all = Buffer.concat(pieces)
    const end = lastRowEnd(all)
    if (end > 0) await hand(all.subarray(0, end))
    pieces = [all.subarray(end)]
    size = all.length - end
  }

  send(answers.copyIn)
  return {
    async take(type, body) {
      if (type === 'd') {
        if (failure) return false
        pieces.push(Buffer.from(body))
        size += body.length
        if (canSplit && size >= pieceBytes) await handWhole()
        return false
      }
      if (type === 'c' && !failure) await hand(Buffer.concat(pieces))
      if (type === 'f') failure ??= answers.error(Object.assign(new Error('COPY given up'), { code: '57014' }))
      if (type !== 'c' && type !== 'f') return false
      send(failure ?? answers.complete(`COPY ${rows}`))
      return true
    },
  }
}

/** The word behind FROM; names may say the same. */
function findStdin(sql: string): Token | undefined {
  let before: Token | undefined
  for (const token of tokensOf(sql)) {
    if (before?.text === 'from' && before.kind === 'word' && token.text === 'stdin' && token.kind === 'word')
      return token
    before = token
  }
  return undefined
}

/** Just behind the last line end that ends a row: one behind an odd number of backslashes is part of a value. */
function lastRowEnd(bytes: Buffer): number {
  for (let at = bytes.lastIndexOf(10); at >= 0; at = bytes.lastIndexOf(10, at - 1)) {
    let slashes = 0
    while (bytes[at - 1 - slashes] === 92) slashes++
    if (slashes % 2 === 0) return at + 1
    if (at === 0) return 0
  }
  return 0
}

/** Lines count from the beginning of the COPY, not of the piece. */
function withLine(error: unknown, before: number): unknown {
  const { where } = error as { where?: unknown }
  if (typeof where !== 'string') return error
  return Object.assign(error as Error, {
    where: where.replace(/(, line )(\d+)/, (_, words: string, line: string) => `${words}${Number(line) + before}`),
  })
}

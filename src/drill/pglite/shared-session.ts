import type { Database } from '../engines/define.ts'
import { quoteName } from '../identity/scratch-database.ts'
import { copyInEncoding, takenAsUtf8 } from './in-encoding.ts'

/** Hands out sessions that are one and the same underneath, each as its own role: PGlite has no more than one. */
export function shareSession(session: Database, owner: string) {
  let role: 'superuser' | 'owner' = 'superuser'
  let last: Promise<unknown> = Promise.resolve()
  /** One after the other: the role must not change between its SET and the statement. */
  const inTurn = async (): Promise<() => void> => {
    let free = () => {}
    const before = last
    last = new Promise<void>((done) => {
      free = done
    })
    await before.catch(() => {})
    return free
  }
  const become = async (wanted: typeof role) => {
    if (wanted === role) return
    await session.exec(wanted === 'owner' ? `set role ${quoteName(owner)}` : 'reset role')
    role = wanted
  }
  const asOwner = (sql: string) => (/^\s*reset\s+role\s*;?\s*$/i.test(sql) ? `set role ${quoteName(owner)}` : sql)

  const open = async (wanted: typeof role): Promise<Database> => {
    const inRole = async <T>(work: () => Promise<T>): Promise<T> => {
      const free = await inTurn()
      try {
        await become(wanted)
        return await work()
      } finally {
        free()
      }
    }
    await inRole(() =>
      session.exec(wanted === 'owner' ? `reset all; set role ${quoteName(owner)}` : 'reset all; reset role'),
    )
    return {
      query: (sql, params) => inRole(() => session.query(sql, params)),
      exec: (sql) => inRole(() => session.exec(wanted === 'owner' ? asOwner(sql) : sql)),
      async *copyOut(sql) {
        const free = await inTurn()
        try {
          await become(wanted)
          yield* copyInEncoding(sql, session.copyOut)
        } finally {
          free()
        }
      },
      async copyIn(sql) {
        const free = await inTurn()
        try {
          await become(wanted)
          const taken = takenAsUtf8(sql)
          const sink = await session.copyIn(taken.sql)
          return {
            write: (chunk) => sink.write(taken.utf8(chunk)),
            end: () => sink.end().finally(free),
            abort: () => sink.abort().finally(free),
          }
        } catch (error) {
          free()
          throw error
        }
      },
      // The session stays for the others; what was set goes.
      close: () => inRole(() => session.exec('rollback; reset all').catch(() => {})),
    }
  }
  return { superuser: () => open('superuser'), owner: () => open('owner') }
}

import type { Database, Scratch } from './define.ts'

/**
 * Works on a scratch server whose sessions are handed out again after they were closed: to open one costs a process of the server and cold
 * caches. A session that comes back has forgotten its settings, plans and temporary tables. All of them end with the work.
 */
export async function reusingSessions<T>(scratch: Scratch, work: (scratch: Scratch) => Promise<T>): Promise<T> {
  // Those of an engine with one session are all the same.
  if (scratch.sessions === 1) return work(scratch)
  const superusers = new Sessions(scratch.superuser)
  const owners = new Sessions(scratch.owner)
  try {
    return await work({ ...scratch, superuser: () => superusers.take(), owner: () => owners.take() })
  } finally {
    await superusers.end()
    await owners.end()
  }
}

class Sessions {
  #idle: Database[] = []

  constructor(private readonly open: () => Promise<Database>) {}

  async take(): Promise<Database> {
    const session = this.#idle.pop() ?? (await this.open())
    /** In the middle of a table nobody wants to wait for its end. */
    let isReading = false
    let isTaken = true
    return {
      ...session,
      async *copyOut(sql) {
        isReading = true
        yield* session.copyOut(sql)
        isReading = false
      },
      close: async () => {
        if (!isTaken) return
        isTaken = false
        const isFresh = !isReading && (await renewed(session))
        if (isFresh) this.#idle.push(session)
        else await session.close()
      },
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((each) => each.close()))
  }
}

/** Whether the session is as good as new; not one that was cut off, nor one whose transaction failed. */
const renewed = (session: Database): Promise<boolean> =>
  session.exec('discard all').then(
    () => true,
    () => false,
  )

import type { Database } from '../engines/define.ts'

/** Each session takes the next piece of work when it is done with one. */
export async function inParallel<T>(
  sessions: readonly Database[],
  work: readonly T[],
  perform: (database: Database, item: T) => Promise<void>,
): Promise<void> {
  const queue = [...work]
  await Promise.all(
    sessions.map(async (database) => {
      for (let next = queue.shift(); next; next = queue.shift()) await perform(database, next)
    }),
  )
}

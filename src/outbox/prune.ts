import type { OutboxEntry } from './entry.ts'
import { asStorageError } from './errors.ts'
import type { Ground } from './ground.ts'
import { listEntries } from './read.ts'

/**
 * Removes finished messages put more than `olderThanMs` ago and returns their ids: sent, failed, and those of mock mode. Waiting and
 * unclear ones stay. With the entry goes its key, which may then be used again.
 */
export async function prune(ground: Ground, { olderThanMs }: { olderThanMs: number }): Promise<string[]> {
  try {
    const limit = ground.clock.now() - olderThanMs
    const entries = await listEntries(ground)
    const old = entries.filter((entry) => isFinished(entry) && entry.ts * 1000 < limit)
    for (const entry of old) await remove(ground, entry)
    return old.map(({ id }) => id)
  } catch (error) {
    throw asStorageError(error, ground.dir)
  }
}

const isFinished = ({ state, mode }: OutboxEntry): boolean =>
  state === 'sent' || state === 'failed' || (state === 'put' && mode === 'mock')

// The key goes first and the log last: whatever a crash leaves behind, verify never finds a reason to send the message again.
async function remove({ disk, layout }: Ground, { id, key, attempts }: OutboxEntry): Promise<void> {
  if (key !== null) await disk.remove(layout.key(key))
  await disk.remove(layout.entry(id))
  for (const { attempt } of attempts.toReversed()) {
    await disk.remove(layout.settled(id, attempt))
    await disk.remove(layout.sending(id, attempt))
  }
}

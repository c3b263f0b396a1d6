import type { Attempt, OutboxEntry } from './entry.ts'
import { asStorageError, OutboxError } from './errors.ts'
import type { Ground } from './ground.ts'
import { getEntry, listEntries } from './read.ts'
import { refresh } from './view.ts'

/** The right to send one message once; whoever holds it settles it. */
export interface Claim {
  id: string
  attempt: number
  /** Epoch milliseconds. */
  leaseUntil: number
  entry: OutboxEntry
}

export interface ClaimOptions {
  /** Also take a message whose last attempt failed for certain. */
  retry?: boolean
}

export interface Settlement {
  state: 'sent' | 'failed' | 'unknown'
  /** The provider's id of the message. */
  providerId?: string
  /** HTTP status of the provider's answer. */
  status?: number
  /** One line, without secrets. */
  error?: string
}

/**
 * Takes one message for sending, the oldest waiting one or the one named; undefined when there is nothing to take. `sending` is on
 * disk before this returns, so a crash during sending is seen afterwards.
 */
export async function claim(ground: Ground, id: string | undefined, options: ClaimOptions): Promise<Claim | undefined> {
  try {
    if (id !== undefined) return await claimOne(ground, await getEntry(ground, id), options)
    for (const entry of await listEntries(ground)) {
      const taken = await claimOne(ground, entry, options)
      if (taken) return taken
    }
    return undefined
  } catch (error) {
    throw asStorageError(error, ground.dir)
  }
}

/** Whether the entry may be taken now: waiting, failed and asked for again, or cut off where repeating is safe. */
export function isClaimable(entry: OutboxEntry, now: number, { retry = false }: ClaimOptions = {}): boolean {
  if (entry.state === 'put') return true
  if (entry.state === 'failed') return retry
  return entry.state === 'sending' && entry.resendable && isExpired(entry, now)
}

/** Whether the last sender has had more time than it asked for. */
export const isExpired = ({ state, attempts }: OutboxEntry, now: number): boolean =>
  state === 'sending' && now > (attempts.at(-1)?.leaseUntil ?? 0)

async function claimOne(
  ground: Ground,
  entry: OutboxEntry | undefined,
  options: ClaimOptions,
): Promise<Claim | undefined> {
  const { layout, clock, leaseMs } = ground
  const now = clock.now()
  if (!entry || !isClaimable(entry, now, options)) return undefined
  // Ends the attempt of the sender that is taken for dead, so that it cannot settle this message later.
  if (entry.state === 'sending') await giveUp(ground, entry)
  const attempt = entry.attempts.length + 1
  const leaseUntil = now + leaseMs
  const record: Attempt = { attempt, state: 'sending', at: now, leaseUntil, by: `pid ${process.pid}` }
  if (!(await writeRecord(ground, layout.sending(entry.id, attempt), record))) return undefined
  return { id: entry.id, attempt, leaseUntil, entry: await refreshed(ground, entry) }
}

/** Records how an attempt ended, once; throws `E_SETTLED` when it has a result already. */
export async function settle(ground: Ground, { id, attempt, entry }: Claim, result: Settlement): Promise<OutboxEntry> {
  try {
    const written = await writeRecord(ground, ground.layout.settled(id, attempt), {
      ...result,
      settledAt: ground.clock.now(),
    })
    if (!written)
      throw new OutboxError(
        'E_SETTLED',
        `${id}: attempt ${attempt} has a result already`,
        'read the entry; do not send again',
      )
    return await refreshed(ground, entry)
  } catch (error) {
    throw asStorageError(error, ground.dir)
  }
}

/** Ends an attempt nobody will end any more: nobody can know whether the message went out. */
export async function giveUp(ground: Ground, entry: OutboxEntry): Promise<void> {
  const record: Partial<Attempt> = {
    state: 'unknown',
    settledAt: ground.clock.now(),
    error: 'the sender did not come back',
  }
  await writeRecord(ground, ground.layout.settled(entry.id, entry.attempts.length), record)
}

const refreshed = ({ disk, layout, random }: Ground, entry: OutboxEntry): Promise<OutboxEntry> =>
  refresh(disk, layout, entry, layout.writing(`${entry.id}.${process.pid}.${random()}.view`))

async function writeRecord(ground: Ground, path: string, record: Partial<Attempt>): Promise<boolean> {
  const { disk, layout, random, makeFolders, sync } = ground
  const temp = layout.writing(`${process.pid}.${random()}.record`)
  await makeFolders()
  try {
    await disk.write(temp, `${JSON.stringify(record)}\n`)
    if (!(await disk.link(temp, path))) return false
  } finally {
    await disk.remove(temp).catch(() => {})
  }
  await sync(layout.log)
  return true
}

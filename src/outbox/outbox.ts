import { join, resolve, sep } from 'node:path'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { type Claim, type ClaimOptions, claim, type Settlement, settle } from './claim.ts'
import { type Disk, randomSuffix, realDisk, shareSyncs } from './disk.ts'
import type { OutboxEntry, OutboxMessage } from './entry.ts'
import { asStorageError } from './errors.ts'
import { type Ground, makeInnerFolders } from './ground.ts'
import { createLayout } from './layout.ts'
import { createNames } from './names.ts'
import { prune } from './prune.ts'
import { type PutResult, put } from './put.ts'
import { type Filter, getEntry, listEntries } from './read.ts'
import { type Verification, verify } from './verify.ts'

export interface OutboxOptions {
  clock?: Clock
  /** Random part of names, letters and digits; 6 hex characters when absent. */
  random?: () => string
  disk?: Disk
  /** How long a sender may take, in milliseconds, before it is taken for dead. */
  leaseMs?: number
}

/** A folder of messages, safe to share between processes; each key is in it once, each entry's path is for ever. */
export interface Outbox {
  /** As it was given to `openOutbox`. */
  dir: string
  put(message: OutboxMessage, options?: { key?: string }): Promise<PutResult>
  claim(id?: string, options?: ClaimOptions): Promise<Claim | undefined>
  settle(claim: Claim, result: Settlement): Promise<OutboxEntry>
  /** Entries whose fields equal those of the filter, oldest first. */
  find(filter: Filter): Promise<OutboxEntry[]>
  /** By id, file name or path. */
  get(id: string): Promise<OutboxEntry | undefined>
  list(): Promise<OutboxEntry[]>
  verify(options?: { heal?: boolean }): Promise<Verification>
  prune(options: { olderThanMs: number }): Promise<string[]>
}

/** Opens the outbox in this folder and makes the folder when it is missing; throws `E_STORAGE` when that is not possible. */
export async function openOutbox(dir: string, options: OutboxOptions = {}): Promise<Outbox> {
  const ground = createGround(dir, options)
  try {
    await ground.disk.makeFolder(ground.layout.root, { recursive: true })
    await ground.makeFolders()
  } catch (error) {
    throw asStorageError(error, dir)
  }
  return createOutbox(ground)
}

/** The outbox in a folder that exists, without making or changing anything until something is put. */
export const existingOutbox = (dir: string, options: OutboxOptions = {}): Outbox =>
  createOutbox(createGround(dir, options))

const createOutbox = (ground: Ground): Outbox => ({
  dir: ground.dir,
  put: (message, { key } = {}) => put(ground, message, key),
  claim: (id, options = {}) => claim(ground, id, options),
  settle: (claim, result) => settle(ground, claim, result),
  find: (filter) => listEntries(ground, filter),
  get: (id) => getEntry(ground, id),
  list: () => listEntries(ground),
  verify: (options = {}) => verify(ground, options),
  prune: (options) => prune(ground, options),
})

function createGround(dir: string, options: OutboxOptions): Ground {
  const { clock = systemClock, random = randomSuffix, disk = realDisk, leaseMs = 60_000 } = options
  // Resolved once: a process may change its working directory later.
  const layout = createLayout(resolve(dir))
  return {
    dir,
    layout,
    disk,
    clock,
    leaseMs,
    random: randomSuffix,
    sync: shareSyncs(disk),
    name: createNames(clock, random),
    pathOf: (id) => join(dir, `${id}.json`).split(sep).join('/'),
    makeFolders: () => makeInnerFolders({ layout, disk, dir }),
  }
}

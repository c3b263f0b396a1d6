import type { Clock } from '../kernel/clock.ts'
import type { Disk } from './disk.ts'
import { OutboxError } from './errors.ts'
import type { Layout } from './layout.ts'

/** What every operation of one open outbox stands on. */
export interface Ground {
  /** As given by the caller. */
  dir: string
  layout: Layout
  disk: Disk
  clock: Clock
  /** Makes a folder's links durable, sharing the fsync with other callers. */
  sync(folder: string): Promise<void>
  name(template: string): string
  /** Part of a temp file's name: several writers of one process may be busy with the same entry. */
  random(): string
  pathOf(id: string): string
  /** Puts back what is missing inside the folder; never the folder itself (see below). */
  makeFolders(): Promise<void>
  /** How long a sender may take before it is taken for dead, in milliseconds. */
  leaseMs: number
}

/**
 * Folders inside an outbox that was emptied by hand come back by themselves. The outbox itself does not: it may have been moved away
 * for a moment, and mail put into a second one would be lost when the first returns.
 */
export async function makeInnerFolders({ layout, disk, dir }: Pick<Ground, 'layout' | 'disk' | 'dir'>): Promise<void> {
  if (await disk.exists(layout.temp)) return
  if (!(await disk.exists(layout.root)))
    throw new OutboxError('E_STORAGE', `outbox ${dir}: the folder is gone`, `create it again: mkdir -p ${dir}`)
  for (const folder of layout.folders.slice(1)) await disk.makeFolder(folder)
}

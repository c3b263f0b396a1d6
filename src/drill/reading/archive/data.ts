import type { Drained } from '../drained.ts'
import type { TocEntry } from './toc.ts'

/** Where an archive keeps its data; compression is off. One thing is read at a time, to its end or drained. */
export interface ArchiveData {
  table(entry: TocEntry): Promise<Drained>
  largeObjects(entry: TocEntry): AsyncGenerator<Drained & { oid: string }>
  close(): Promise<void>
}

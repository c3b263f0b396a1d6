import { constants } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../../kernel/files.ts'
import { encodeFrame, fileHead } from './frame.ts'
import { logName, snapshotName } from './recover.ts'

/** A log that frames are added to. */
export interface LogFile {
  readonly number: number
  readonly bytes: number
  append(frame: Buffer, sync: boolean): Promise<void>
  close(): Promise<void>
}

/** Begins a log; it is durable, and empty, when this resolves. */
export async function createLogFile(dir: string, number: number): Promise<LogFile> {
  const path = join(dir, logName(number))
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600)
  await handle.writeFile(fileHead)
  await handle.sync()
  await handle.close()
  await syncFolder(dir)
  return openLogFile(dir, number)
}

/** Opens a log that ends with a whole frame. */
export async function openLogFile(dir: string, number: number): Promise<LogFile> {
  const handle = await open(join(dir, logName(number)), constants.O_WRONLY | constants.O_APPEND)
  let { size } = await handle.stat()
  if (size === 0) {
    await handle.writeFile(fileHead)
    size = fileHead.length
  }
  await handle.sync()
  return {
    number,
    get bytes() {
      return size
    },
    async append(frame, sync) {
      await handle.writeFile(frame)
      if (sync) await handle.datasync()
      size += frame.length
    },
    close: () => handle.close(),
  }
}

/** Writes a snapshot beside the logs, whole or not at all, and removes what it makes superfluous. Returns its size in bytes. */
export async function writeSnapshot(
  dir: string,
  number: number,
  parts: Iterable<string>,
  isStopped: () => boolean,
): Promise<number> {
  const path = join(dir, snapshotName(number))
  const handle = await open(`${path}.tmp`, 'w', 0o600)
  let size = fileHead.length
  try {
    await handle.writeFile(fileHead)
    for (const part of parts) {
      if (isStopped()) throw new Error('stopped')
      const frame = encodeFrame(part)
      await handle.writeFile(frame)
      size += frame.length
    }
    await handle.sync()
    await handle.close()
  } catch (error) {
    await handle.close()
    await rm(`${path}.tmp`, { force: true })
    if (isStopped()) return 0
    throw error
  }
  await rename(`${path}.tmp`, path)
  await syncFolder(dir)
  for (const name of await readdir(dir)) {
    const [, older] = /^(?:log|snapshot)-(\d{8})$/.exec(name) ?? []
    if (older !== undefined && Number(older) < number) await rm(join(dir, name), { force: true })
  }
  return size
}

import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GatekitError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { fileHead, findFrame, readExactly, readFrame } from './frame.ts'

export const logName = (number: number): string => `log-${String(number).padStart(8, '0')}`
export const snapshotName = (number: number): string => `snapshot-${String(number).padStart(8, '0')}`

export interface Recovered {
  /** The number of the log to go on with: the newest one, or 1 in an empty folder. */
  number: number
  /** Whether that log exists. */
  hasLog: boolean
  /** Bytes at the end of the log that were not a whole frame: what was being written when the process ended. */
  tornBytes: number
}

/**
 * Reads the newest snapshot and the logs since, in order, and calls `apply` for each payload. A frame that was not finished is cut off the
 * newest log; damage anywhere else stops with an error, because going on would lose what was acknowledged.
 */
export async function recover(dir: string, apply: (payload: string) => void): Promise<Recovered> {
  const names = await readdir(dir)
  const snapshots = numbersOf(names, /^snapshot-(\d{8})$/)
  const newest = snapshots.at(-1) ?? 0
  const logs = numbersOf(names, /^log-(\d{8})$/).filter((number) => number >= newest)
  if (newest > 0) readAll(join(dir, snapshotName(newest)), apply, false)
  let tornBytes = 0
  for (const number of logs) tornBytes = readAll(join(dir, logName(number)), apply, number === logs.at(-1))
  await removeOld(dir, names, newest)
  return { number: logs.at(-1) ?? Math.max(newest, 1), hasLog: logs.length > 0, tornBytes }
}

function numbersOf(names: readonly string[], pattern: RegExp): number[] {
  return names
    .flatMap((name) => Number(pattern.exec(name)?.[1] ?? Number.NaN))
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => a - b)
}

/** What a newer snapshot has made superfluous, and what a crash left half made. */
async function removeOld(dir: string, names: readonly string[], newest: number): Promise<void> {
  for (const name of names) {
    const [, number] = /^(?:log|snapshot)-(\d{8})$/.exec(name) ?? []
    const isOld = number !== undefined && Number(number) < newest
    if (isOld || /^snapshot-\d{8}\.tmp$/.test(name)) await rm(join(dir, name), { force: true })
  }
}

/** Applies every frame of a file; returns how many bytes were cut off its end. */
function readAll(path: string, apply: (payload: string) => void, mayBeTorn: boolean): number {
  const file = openSync(path, mayBeTorn ? 'r+' : 'r')
  try {
    const { size } = fstatSync(file)
    const isNew = size < fileHead.length && mayBeTorn
    if (!isNew && !readExactly(file, 0, fileHead.length).equals(fileHead)) throw damaged(path, 0)
    let offset = isNew ? 0 : fileHead.length
    for (let frame = readFrame(file, offset, size); frame; frame = readFrame(file, offset, size)) {
      apply(frame.payload)
      offset = frame.end
    }
    if (offset === size) return 0
    if (!mayBeTorn || findFrame(file, offset, size) !== undefined) throw damaged(path, offset)
    ftruncateSync(file, offset)
    return size - offset
  } finally {
    closeSync(file)
  }
}

const damaged = (path: string, offset: number): GatekitError =>
  new GatekitError(
    {
      title: `${path} is damaged at byte ${offset}`,
      remedy: 'put back a copy of the folder, or start with another --data folder; nothing was changed here',
    },
    exitCodes.undecided,
  )

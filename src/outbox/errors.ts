import { GatekitError } from '../kernel/errors.ts'
import { type ExitCode, exitCodes } from '../kernel/exit.ts'

/**
 * `E_MESSAGE`: the message or key was refused, nothing was written. `E_KEY_REUSED`: the key belongs to another message.
 * `E_SETTLED`: this attempt has a result already. `E_STORAGE`: the folder could not be read or written; try again later.
 */
export type OutboxErrorCode = 'E_MESSAGE' | 'E_KEY_REUSED' | 'E_SETTLED' | 'E_STORAGE'

/** What the outbox refuses or cannot do; `code` is for programs, the problem for people. */
export class OutboxError extends GatekitError {
  readonly code: OutboxErrorCode

  constructor(code: OutboxErrorCode, title: string, remedy: string, options?: ErrorOptions) {
    super({ title, remedy }, exitOf[code], options)
    this.code = code
  }
}

const exitOf: Record<OutboxErrorCode, ExitCode> = {
  E_MESSAGE: exitCodes.usage,
  E_KEY_REUSED: exitCodes.usage,
  E_SETTLED: exitCodes.usage,
  E_STORAGE: exitCodes.undecided,
}

const reasons: Record<string, [what: string, remedy: string]> = {
  ENOSPC: ['the disk is full', 'free some space and send again; nothing was written'],
  EDQUOT: ['the disk quota is used up', 'free some space and send again; nothing was written'],
  EACCES: ['it may not be written to', 'give this user the right to write there'],
  EPERM: ['it may not be written to', 'give this user the right to write there'],
  EROFS: ['its file system is read-only', 'use a folder that can be written to'],
  ENOENT: ['the folder is gone', 'create it again (mkdir -p) or start again; nothing was written'],
  ENOTDIR: ['something in its path is a file', 'use a folder'],
}

/** An error of the file system as an error about this outbox; other errors are returned as they are. */
export function asStorageError(error: unknown, dir: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (error instanceof GatekitError || typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) return error
  const [what, remedy] = reasons[code] ?? [`the file system answered ${code}`, 'look at the disk, then send again']
  return new OutboxError('E_STORAGE', `outbox ${dir}: ${what}`, remedy, { cause: error })
}

import type { FindingCode } from '../../findings.ts'

/** What a reader met in the bytes of a backup: a finding about the backup, thrown where it is met and named by whoever knows the object. */
export class BrokenBackup extends Error {
  override readonly name = 'BrokenBackup'
  constructor(
    readonly code: FindingCode,
    message: string,
    readonly object?: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

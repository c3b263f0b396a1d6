import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageVersion } from '../kernel/package.ts'

/** Keeps what is known of an unexpected error in a file only its owner can read, and tells where; never prints argument values. */
export async function reportBug(error: unknown): Promise<string> {
  const path = join(tmpdir(), `gatekit-bug-${process.pid}-${Date.now()}.txt`)
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const report = [
    `gatekit ${packageVersion}`,
    `node ${process.version} ${process.platform} ${process.arch}`,
    '',
    stack,
    '',
  ]
  await writeFile(path, report.join('\n'), { mode: 0o600 })
  return `error: a bug in gatekit: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n  report: ${path}\n`
}

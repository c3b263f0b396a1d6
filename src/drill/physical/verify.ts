import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Finding, finding } from '../findings.ts'

/** Lines of pg_verifybackup that say what is wrong, and of which file. */
const complaints: readonly { pattern: RegExp; code: Finding['code']; exit?: Finding['exit'] }[] = [
  { pattern: /checksum mismatch for file "([^"]+)"/, code: 'CORRUPT' },
  { pattern: /"([^"]+)" has size \d+ on disk but size \d+ in the manifest/, code: 'CORRUPT' },
  { pattern: /could not (?:read|open|stat) file "([^"]+)"/, code: 'CORRUPT' },
  { pattern: /"([^"]+)" is present in the manifest but not on disk/, code: 'MEMBER_MISSING' },
  // What lies about in the folder is not restored by anybody.
  { pattern: /"([^"]+)" is present on disk but not in the manifest/, code: 'CORRUPT', exit: 0 },
  { pattern: /(WAL parsing failed)[^\n]*/, code: 'MEMBER_MISSING' },
  {
    pattern: /(manifest checksum mismatch|manifest ended unexpectedly|could not parse backup manifest)/,
    code: 'CORRUPT',
  },
]

/** Compares a base backup with its manifest: names, sizes, checksums, and the WAL where it lies inside. Reads only. */
export async function verifyManifest(
  folder: string,
  { binDir, env, signal }: { binDir: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<Finding[]> {
  const stage = 'read'
  if (!existsSync(join(folder, 'backup_manifest'))) {
    const message = 'the base backup has no backup_manifest: its files cannot be checked one by one'
    return [finding('CHECKSUM_MISSING', stage, message, { exit: 0 })]
  }
  const hasWal = (await readdir(join(folder, 'pg_wal')).catch(() => [])).some((name) => /^[0-9A-F]{24}$/.test(name))
  const args = [...(hasWal ? [] : ['-n']), folder]
  const said = await run(join(binDir, 'pg_verifybackup'), args, env, signal)
  if (said === undefined) return []
  const findings = said.split('\n').flatMap((line) => {
    const found = complaints.find(({ pattern }) => pattern.test(line))
    if (!found) return []
    const [, object] = found.pattern.exec(line) ?? []
    const { code, exit } = found
    return [
      finding(code, stage, `pg_verifybackup: ${line.replace(/^.*?: (?:error|fatal): /, '')}`, {
        object,
        ...(exit !== undefined && { exit }),
      }),
    ]
  })
  if (findings.length > 0) return findings
  return [finding('UNSUPPORTED', stage, `pg_verifybackup failed: ${said.split('\n')[0]}`)]
}

/** What the program complained of; undefined when it was content. */
async function run(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((done, failed) => {
    const options = { env: { PATH: env.PATH ?? '', LC_ALL: 'C' }, signal, maxBuffer: 16 << 20 }
    execFile(program, args, options, (error, _stdout, stderr) => {
      if (!error) return done(undefined)
      if (signal.aborted) return failed(signal.reason)
      done(stderr.trim() || error.message)
    })
  })
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GatekitError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { Client } from '../../kernel/postgres-client.ts'
import { runCommand } from '../../kernel/run-command.ts'
import { newestProgram } from './programs.ts'

export interface DumpRequest {
  url: string
  /** Of the server: pg_dump must not be older. */
  serverMajor: number
  /** Exported by the session whose rows are in the manifest. */
  snapshot: string
  format: 'custom' | 'plain'
  file: string
  env: NodeJS.ProcessEnv
  signal: AbortSignal
}

/**
 * Runs pg_dump on the snapshot of another session. The password goes through a file that only this user can read, never through
 * arguments or variables that other processes see.
 */
export async function dump({ url, serverMajor, snapshot, format, file, env, signal }: DumpRequest): Promise<void> {
  const program = newestProgram('pg_dump', serverMajor, env)
  if (!program) {
    const problem = {
      title: `pg_dump ${serverMajor} or newer is not installed on this machine`,
      remedy: `install postgresql-client-${serverMajor}, or name its folder in PG_BIN`,
    }
    throw new GatekitError(problem, exitCodes.undecided)
  }
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-backup-'))
  try {
    const passFile = join(dir, 'pgpass')
    const { password } = new Client({ connectionString: url })
    const secret = typeof password === 'string' ? password : (env.PGPASSWORD ?? '')
    await writeFile(passFile, `*:*:*:*:${secret.replace(/[\\:]/g, '\\$&')}\n`, { mode: 0o600 })
    const argv = [program, '--no-password', `--format=${format}`, `--snapshot=${snapshot}`, `--file=${file}`]
    const result = await runCommand([...argv, `--dbname=${withoutPassword(url)}`], {
      cwd: dir,
      env: { PATH: env.PATH ?? '', LC_ALL: 'C', PGPASSFILE: passFile },
      signal,
    })
    signal.throwIfAborted()
    if (result.exitCode !== 0) {
      const said = result.stderr.text.trim().split('\n').at(-1) ?? ''
      throw new GatekitError({ title: `pg_dump failed (${result.exitCode ?? result.signal}): ${said}` }, exitCodes.fail)
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** The URL as an argument may show it. */
export function withoutPassword(url: string): string {
  const parsed = new URL(url)
  parsed.password = ''
  for (const name of ['password', 'sslpassword', 'passfile']) parsed.searchParams.delete(name)
  return parsed.toString()
}

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from './finding.ts'

interface Program {
  name: string
  use: string
  commands: string[]
  args: string[]
  /** Debian package. */
  debian: string
}

const programs: Program[] = [
  { name: 'git', use: 'the commit a result is bound to', commands: ['git'], args: ['--version'], debian: 'git' },
  {
    name: 'Chromium',
    use: 'browser checks of pages',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    args: ['--version'],
    debian: 'chromium',
  },
  {
    name: 'PostgreSQL client',
    use: 'real PostgreSQL backups',
    commands: ['pg_dump'],
    args: ['--version'],
    debian: 'postgresql-client',
  },
  {
    name: 'PostgreSQL server',
    use: 'checks on a real server',
    commands: ['postgres', ...debianClusters()],
    args: ['--version'],
    debian: 'postgresql',
  },
  {
    name: 'Redis',
    use: 'redis checks on a real server',
    commands: ['redis-server'],
    args: ['--version'],
    debian: 'redis-server',
  },
  {
    name: 'MariaDB',
    use: 'MariaDB and MySQL backups',
    commands: ['mariadbd'],
    args: ['--version'],
    debian: 'mariadb-server',
  },
]

/** Looks for the programs that gatekit can use and never needs; each is asked for its version with a short limit. */
export async function findPrograms(signal: AbortSignal): Promise<Finding[]> {
  const { execa } = await import('execa')
  const versionOf = async ({ commands, args }: Program): Promise<string | undefined> => {
    for (const command of commands) {
      const asked = await execa(command, args, { reject: false, timeout: 5_000, cancelSignal: signal, stdin: 'ignore' })
      if (asked.exitCode === 0) return asked.stdout.split('\n', 1)[0]?.trim().slice(0, 60)
    }
    return undefined
  }
  return Promise.all(
    programs.map(async (program) => ({
      name: program.name,
      use: program.use,
      found: await versionOf(program),
      required: false,
      remedy: `apt-get install ${program.debian}`,
    })),
  )
}

/** Debian keeps the server outside PATH, one folder a major version. */
function debianClusters(): string[] {
  try {
    const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a))
    return versions.map((version) => join('/usr/lib/postgresql', version, 'bin', 'postgres'))
  } catch {
    return []
  }
}

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

type Needed = 'chromium' | 'postgres' | 'redis' | 'mariadb' | 'nginx' | 'git' | 'ssh' | 'python' | 'gpg'

/** Programs that prove a server is installed, where they may be, and how to get them. */
const needs: Record<Needed, { programs: string[]; folders?: string[]; install: string }> = {
  chromium: { programs: ['chromium', 'chromium-browser', 'google-chrome'], install: 'apt-get install chromium' },
  postgres: {
    programs: ['postgres'],
    folders: postgresFolders(),
    install: 'apt-get install postgresql',
  },
  redis: { programs: ['redis-server', 'valkey-server'], install: 'apt-get install redis-server' },
  mariadb: { programs: ['mariadbd', 'mysqld'], folders: ['/usr/sbin'], install: 'apt-get install mariadb-server' },
  git: { programs: ['git'], install: 'apt-get install git' },
  ssh: { programs: ['ssh-keygen'], install: 'apt-get install openssh-client' },
  python: { programs: ['python3'], install: 'apt-get install python3' },
  gpg: { programs: ['gpg'], install: 'apt-get install gnupg' },
  nginx: { programs: ['nginx'], folders: ['/usr/sbin'], install: 'apt-get install nginx' },
}

/** Debian keeps the server of each major version in a folder that is not on the PATH. */
function postgresFolders(): string[] {
  return ['18', '17', '16', '15', '14'].map((major) => `/usr/lib/postgresql/${major}/bin`)
}

/** The absolute path of the program that `name` stands for, or undefined when it is not installed. */
export function programOf(name: Needed): string | undefined {
  const { programs, folders = [] } = needs[name]
  const everywhere = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...folders]
  return everywhere.flatMap((folder) => programs.map((each) => join(folder, each))).find((path) => existsSync(path))
}

/**
 * Options for a test that needs something installed on the machine: `test('…', need('chromium'), …)`. Without it the test is skipped
 * and says how to install it; under CI it is not skipped, so that a missing program is a failure there and never a silent gap.
 */
export function need(...names: Needed[]): { skip: string | false } {
  const missing = process.env.CI ? undefined : names.find((name) => !programOf(name))
  if (!missing) return { skip: false }
  return { skip: `NOT TESTED: ${missing} is not installed; install it with: ${needs[missing].install}` }
}

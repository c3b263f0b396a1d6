import { resolve } from 'node:path'
import { GatekitError, usageError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { defineCommand } from '../define.ts'

/** `gatekit backup`: a dump, its checksum and a manifest that `gatekit drill restore` compares with. */
export const backup = defineCommand({
  name: 'backup',
  summary:
    'dumps a PostgreSQL database with its checksum and a manifest of what is in it, for later drills to compare with',
  configure(command) {
    command
      .option('--url <url>', 'the database, only ever read (default: DATABASE_URL)')
      .option('--dir <folder>', 'where backups go', 'backups')
      .option('--format <format>', 'custom or plain', 'custom')
      .option('--no-hash', 'count rows only: does not read every row a second time')
      .addHelpText('after', '\nExample: DATABASE_URL=postgres://app@db/shop gatekit backup --dir /var/backups/shop')
  },
  async run({ screen, options, cwd, env, signal }) {
    const url = String(options.url ?? env.DATABASE_URL ?? '')
    if (!/^postgres(?:ql)?:\/\//.test(url))
      throw usageError('no PostgreSQL database was named', 'set DATABASE_URL, or give --url postgres://…')
    const format = String(options.format)
    if (format !== 'custom' && format !== 'plain')
      throw usageError(`--format ${format} is not known`, 'custom or plain')
    const { performBackup } = await import('../../drill/manifest/backup.ts')
    const { systemClock } = await import('../../kernel/clock.ts')
    const { packageVersion } = await import('../../kernel/package.ts')
    const { DrillStop } = await import('../../drill/findings.ts')
    const result = await performBackup({
      url,
      dir: resolve(cwd, String(options.dir)),
      format,
      hash: options.hash !== false,
      tool: `gatekit ${packageVersion}`,
      env,
      clock: systemClock,
      signal,
      progress: (text) => screen.progress(text),
    }).catch((error: unknown) => {
      if (!(error instanceof DrillStop)) throw error
      throw new GatekitError(
        { title: error.message, remedy: 'look at the URL, the password and the network' },
        exitCodes.undecided,
      )
    })
    screen.progress(undefined)
    if (screen.json) screen.print(JSON.stringify(result))
    else {
      screen.print(`${result.path}  ${result.bytes} bytes, ${result.tables} tables, ${result.rows} rows`)
      screen.say(`sha256 ${result.sha256}`)
      screen.say('next: gatekit drill restore --dir ' + String(options.dir))
    }
    return exitCodes.pass
  },
})

import type { Command } from 'commander'
import { usageError } from '../../kernel/errors.ts'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import { type CommandContext, defineCommand } from '../define.ts'

const verbs = ['restore', 'selftest', 'clean'] as const

/** `gatekit drill`: proves that the newest backup restores, proves the drill itself, removes what a killed one left. */
export const drill = defineCommand({
  name: 'drill',
  summary: 'restore the newest backup into a scratch database and prove that it is whole (restore, selftest, clean)',
  configure(command: Command) {
    command
      .argument('<verb>', 'restore, selftest or clean')
      .option('--backup <file>', 'one backup: file or folder')
      .option('--dir <folder>', 'the newest backup of a folder (also BACKUP_PATH)')
      .option('--pattern <glob>', 'with --dir: only names that match')
      .option('--order <what>', 'with --dir: newest by name or by mtime')
      .option('--checksum <rule>', 'when-present or required')
      .option('--url <url>', 'the live source, to compare with; it is only read')
      .option('--database <name>', 'the database that the backup must be of')
      .option('--engine <name>', 'auto, local, embedded, pglite or given')
      .option('--target-url <url>', "a scratch server's database with the comment 'gatekit:scratch'")
      .option('--redis-url <url>', 'a Redis that must answer and hold something; it is only asked')
      .option('--depth <how>', 'fast (counts and catalogue) or full (every byte)')
      .option('--previous <how>', 'what the last drill had and this backup lacks: bind (fails) or remark')
      .option('--rto <duration>', 'how long a restore may take: 15m')
      .option('--rpo <duration>', 'how old the data may be: 24h')
      .option('--timeout <duration>', 'for the whole drill')
      .option('--config <file>', 'a gatekit.yaml other than the nearest')
      .option('--reporter <names>', 'also write junit, ctrf, github, markdown, tap, sarif (comma separated)')
      .option('--json [file]', 'print the record as JSON, or write it to a file')
      .addHelpText(
        'after',
        '\nExits 0 when the backup is proved, 1 when it is bad or a budget is broken, 3 when it could not be verified, 6 when refused as unsafe.',
      )
  },
  async run(context) {
    const [verb] = context.args
    if (verb === 'restore') return (await import('../drill/restore.ts')).restoreDrill(context)
    if (verb === 'clean') return clean(context)
    if (verb === 'selftest') return (await import('../drill/selftest.ts')).selftestDrill(context)
    throw usageError(`drill ${verb}: no such verb`, `use ${verbs.join(', ')}`)
  },
})

async function clean({ screen, options, signal }: CommandContext): Promise<ExitCode> {
  const { sweepLeftovers } = await import('../../drill/lease/sweep.ts')
  const { sweepServer } = await import('../../drill/lease/sweep-server.ts')
  const url = options.targetUrl as string | undefined
  const swept = await sweepLeftovers(url ? sweepServer(url, { statementTimeoutMs: 60_000, signal }) : undefined)
  if (screen.json) screen.print(JSON.stringify({ swept }, null, 2))
  else {
    for (const each of swept) screen.print(`removed ${each}`)
    screen.print(swept.length === 0 ? 'nothing was left by a drill' : `${swept.length} removed`)
  }
  return exitCodes.pass
}

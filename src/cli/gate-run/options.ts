import { type Command, Option } from 'commander'
import { usageError } from '../../kernel/errors.ts'

/** What every command that runs gates understands. */
export interface GateOptions {
  config?: string
  env?: string
  baseUrl?: string
  start?: string
  waitFor: string
  waitTimeoutMs: number
  reporters: string[]
  failFast: boolean
  /** `last`, or the id of the run whose passes are reused. */
  resume?: string
  /** A commit: only gates on whose inputs something has changed since then. */
  changedSince?: string
  /** What a plan file has left out already: only these gates. */
  planned?: { ref: string; isIdle: boolean; gates: readonly string[] }
  /** Undefined: as the environment says. */
  failOnFlaky?: true
  offline: boolean
  profile?: string
  /** A file for the run's record as JSON; `true` prints it. */
  json?: string | true
}

/** Declares the options, in the order a reader of `--help` needs them. */
export function declareGateOptions(command: Command): Command {
  return command
    .option('--base-url <url>', 'judge the application there (also GATEKIT_BASE_URL, OI_BASE_URL)')
    .option('--start <command>', 'start your application first, beside the sandbox, and stop it afterwards')
    .option('--wait-for <path>', 'with --start: what answers 2xx when the application is ready', '/health')
    .addOption(new Option('--wait-timeout <seconds>', 'with --start: how long to wait').default('60'))
    .option('--env <name>', 'an environment of gatekit.yaml')
    .option('--config <file>', 'a gatekit.yaml other than the nearest')
    .addOption(
      new Option(
        '--reporter <names>',
        'also write junit, ctrf, github, markdown, tap, sarif (comma separated)',
      ).argParser((names: string, before: string | undefined) => (before === undefined ? names : `${before},${names}`)),
    )
    .option('--fail-fast', 'start nothing more after the first failure')
    .option('--fail-on-flaky', 'passes that took more than one attempt fail (exit 7); the rule where protected')
    .option('--changed-since <ref>', 'only gates with inputs that have changed since this commit or branch')
    .option('--resume <run>', 'do not run again what passed in the last run (last, or its id) and still holds')
    .option('--shard <i/n>', 'run one of several parts that gatekit merge puts together')
    .option('--plan <file>', 'run what this file of gatekit plan says, and nothing else')
    .option('--offline', 'contact loopback addresses only')
    .option('--json [file]', 'print the result as JSON, or write it to a file')
}

export function readGateOptions(options: Record<string, unknown>): GateOptions {
  const text = (name: string): string | undefined => options[name] as string | undefined
  const seconds = Number(options.waitTimeout)
  if (!(seconds > 0 && seconds <= 3_600)) throw usageError('--wait-timeout takes seconds, from 1 to 3600')
  return {
    ...(text('config') !== undefined && { config: text('config') as string }),
    ...(text('env') !== undefined && { env: text('env') as string }),
    ...(text('baseUrl') !== undefined && { baseUrl: text('baseUrl') as string }),
    ...(text('start') !== undefined && { start: text('start') as string }),
    ...(text('changedSince') !== undefined && { changedSince: text('changedSince') as string }),
    ...(text('resume') !== undefined && { resume: text('resume') as string }),
    ...(text('profile') !== undefined && { profile: text('profile') as string }),
    waitFor: text('waitFor') ?? '/health',
    waitTimeoutMs: seconds * 1000,
    reporters: namesIn(text('reporter') ?? ''),
    failFast: Boolean(options.failFast),
    ...(options.failOnFlaky === true && { failOnFlaky: true }),
    offline: Boolean(options.offline),
    ...(options.json !== undefined && { json: options.json as string | true }),
  }
}

const namesIn = (list: string): string[] => [
  ...new Set(
    list
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  ),
]

import { resolve } from 'node:path'
import { usageError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import type { System } from '../../sandbox/system.ts'
import { type CommandContext, defineCommand } from '../define.ts'
import type { Screen } from '../screen.ts'

/** `gatekit serve`: the Stripe, PayPal and notify sandboxes, the reference backend and the dashboard, until Ctrl-C. */
export const serve = defineCommand({
  name: 'serve',
  summary: 'start the Stripe, PayPal and notify sandboxes, the reference backend and the dashboard on loopback',
  configure(command) {
    command
      .option('--port <number>', 'first of five consecutive ports; 0 for free ones', '8420')
      .option('--only <names>', 'some of stripe,notify,app,dashboard,paypal')
      .option('--seed <number>', 'make ids and keys repeatable')
      .option('--data <dir>', 'keep Stripe objects and the backend database in this folder, also when killed')
      .option(
        '--fsync <policy>',
        'with --data: always (survives a power cut) or never (survives the process)',
        'always',
      )
      .option(
        '--stripe-package <dir>',
        "speak the API of this stripe package; the project's own when it is 22 or newer",
      )
      .option('--stripe-socket <path>', 'serve Stripe on this Unix socket too: what STRIPE_CLI_UNIX_SOCKET names')
      .option('--json', 'print one line of JSON when everything is ready')
      .option('--qa <dir>', 'folder of results and of the outbox', 'qa')
      .addHelpText('after', '\nExample: gatekit serve --only stripe,notify --port 9000')
  },
  async run(context) {
    const { screen, signal } = context
    const system = await start(context)
    if (screen.json) screen.print(JSON.stringify(system.urls))
    else announce(screen, system)
    await new Promise<void>((done) =>
      signal.aborted ? done() : signal.addEventListener('abort', () => done(), { once: true }),
    )
    screen.say('stopping')
    await system.close()
    return exitCodes.interrupted
  },
})

async function start({ screen, options, cwd, env }: CommandContext): Promise<System> {
  const { parseServices } = await import('../../sandbox/ports.ts')
  const { startSystem } = await import('../../sandbox/system.ts')
  const { readFlags, sandboxFirst } = await import('../../config/flags.ts')
  const { systemClock } = await import('../../kernel/clock.ts')
  const { packageVersion } = await import('../../kernel/package.ts')
  const { packageToSpeak } = await import('../../stripe/installed.ts')
  const seed = options.seed === undefined ? undefined : wholeNumber('--seed', options.seed, Number.MAX_SAFE_INTEGER)
  const stripePackage = await packageToSpeak(cwd, options.stripePackage as string | undefined, screen.say)
  screen.progress('starting …')
  return startSystem({
    only: parseServices(options.only as string | undefined),
    port: wholeNumber('--port', options.port, 65_531),
    flags: readFlags(env, sandboxFirst),
    clock: systemClock,
    env,
    qaDir: resolve(cwd, String(options.qa)),
    build: { version: packageVersion },
    ...(seed !== undefined && { seed }),
    ...(options.data !== undefined && { dataDir: resolve(cwd, String(options.data)), fsync: fsyncOf(options.fsync) }),
    ...(stripePackage !== undefined && { stripePackage }),
    ...(options.stripeSocket !== undefined && { stripeSocket: resolve(cwd, String(options.stripeSocket)) }),
  })
}

function fsyncOf(value: unknown): 'always' | 'never' {
  if (value === 'always' || value === 'never') return value
  throw usageError(`--fsync takes always or never, not "${value}"`)
}

function wholeNumber(name: string, value: unknown, most: number): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 0 && number <= most) return number
  throw usageError(`${name} takes a whole number from 0 to ${most}, not "${value}"`)
}

/** What an application reads; the rest of the variables is for gates. */
const forApplications = [
  'STRIPE_API_BASE',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'PAYPAL_API_BASE',
  'PAYPAL_CLIENT_ID',
  'PAYPAL_CLIENT_SECRET',
  'PAYPAL_WEBHOOK_ID',
  'NOTIFY_API_BASE',
]

function announce(screen: Screen, { urls, variables }: System): void {
  const { paint } = screen
  screen.print()
  for (const [service, url] of Object.entries(urls))
    screen.print(`  ${paint.bold(service.padEnd(10))} ${paint.cyan(url)}`)
  screen.print()
  screen.print(paint.dim('  Paste this where your application runs:'))
  screen.print()
  for (const [name, value] of Object.entries(variables)) {
    if (forApplications.includes(name)) screen.print(`  export ${name}=${value}`)
  }
  screen.print()
  screen.print(paint.dim('  Ready. Ctrl-C stops it.'))
}

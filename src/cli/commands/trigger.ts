import { GatekitError, usageError } from '../../kernel/errors.ts'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import type { SendStep } from '../../stripe/scenario/run.ts'
import type { Scenario } from '../../stripe/scenario/scenario.ts'
import { type CommandContext, defineCommand } from '../define.ts'

/** `gatekit trigger <event>`: makes an event happen by real API calls to a running sandbox; without arguments lists the events. */
export const trigger = defineCommand({
  name: 'trigger',
  summary: 'make a Stripe event happen in a running sandbox, by real API calls; lists the events without arguments',
  configure(command) {
    command
      .argument('[event]', 'such as payment_intent.succeeded')
      .option(
        '--override <path=value>',
        'set a parameter: amount=500, or customer:email=a@b.test; again for more',
        gather,
      )
      .option('--url <url>', 'the sandbox (default: STRIPE_API_BASE, else http://127.0.0.1:8420)')
      .option('--key <key>', 'the secret key, which is the account (default: STRIPE_SECRET_KEY)')
      .addHelpText('after', '\nExample: gatekit trigger charge.refunded --override intent:amount=500')
  },
  async run(context) {
    const [event] = context.args
    return event === undefined ? list(context) : perform(context, event)
  },
})

const gather = (value: string, before: string[] = []): string[] => [...before, value]

async function list({ screen }: CommandContext): Promise<ExitCode> {
  const { loadScenario, scenarioNames } = await import('../../stripe/scenario/load.ts')
  const names = await scenarioNames('triggers')
  const scenarios = await Promise.all(names.map((name) => loadScenario('triggers', name)))
  const rows = names.map((event, at) => ({ event, summary: scenarios[at]?.summary ?? '' }))
  if (screen.json) screen.print(JSON.stringify(rows, null, 2))
  else for (const { event, summary } of rows) screen.print(`${event.padEnd(44)} ${screen.paint.dim(summary)}`)
  return exitCodes.pass
}

async function perform({ screen, options, env }: CommandContext, event: string): Promise<ExitCode> {
  const { loadScenario } = await import('../../stripe/scenario/load.ts')
  const { runScenario, StepFailed } = await import('../../stripe/scenario/run.ts')
  const scenario = await overridden(await loadScenario('triggers', event), (options.override as string[]) ?? [])
  const url = sandboxUrl(String(options.url ?? env.STRIPE_API_BASE ?? 'http://127.0.0.1:8420'))
  const key = keyOf(options.key ?? env.STRIPE_SECRET_KEY)
  const before = await newest(url, key, event)
  try {
    const answers = await runScenario(scenario, through(url, key, screen.say))
    const ids = Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, idOf(answer)]))
    // What happens to a connected account is that account's event.
    const connected = event.startsWith('account.') ? ids.account : undefined
    const made = await newest(url, key, event, connected)
    if (!made || made === before) {
      const title = `every call went through, and there is no new ${event}`
      throw new GatekitError({ title, remedy: 'an --override may have changed the outcome' }, exitCodes.fail)
    }
    if (screen.json) screen.print(JSON.stringify({ event: made, type: event, objects: ids }))
    else screen.print(`${event} ${made}`)
    return exitCodes.pass
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    throw new GatekitError({ title: `${event}: ${error.message}` }, exitCodes.fail)
  }
}

async function overridden(scenario: Scenario, overrides: readonly string[]): Promise<Scenario> {
  const { override } = await import('../../stripe/scenario/scenario.ts')
  return overrides.reduce((given, text) => {
    const [, path, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (path === undefined || value === undefined)
      throw usageError(`--override takes path=value, not "${text}"`, 'amount=500 or customer:email=a@b.test')
    try {
      return override(given, path, value)
    } catch (error) {
      throw usageError(`--override ${text}: ${(error as Error).message}`)
    }
  }, scenario)
}

function keyOf(given: unknown): string {
  if (typeof given !== 'string' || given === '')
    throw usageError('no key to make the calls with', 'name it with --key, or set STRIPE_SECRET_KEY')
  if (/^[sr]k_live_/.test(given))
    throw new GatekitError({ title: 'refused: a live key', remedy: 'use a key of test mode' }, exitCodes.refused)
  return given
}

/** Triggers make objects: they are for sandboxes on this machine only. */
function sandboxUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url?.protocol.startsWith('http')) throw usageError(`"${text}" is not a URL`, 'such as http://127.0.0.1:8420')
  if (['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) return url.origin
  throw new GatekitError(
    { title: `refused: ${url.hostname} is not a sandbox on this machine`, remedy: 'start one: gatekit serve' },
    exitCodes.refused,
  )
}

function through(url: string, key: string, say: (line: string) => void, account?: string | null): SendStep {
  return async ({ method, path, body, contentType }) => {
    say(`${method} ${path}`)
    const headers = {
      authorization: `Bearer ${key}`,
      ...(contentType && { 'content-type': contentType }),
      ...(account && { 'stripe-account': account }),
    }
    const answer = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) }).catch(() => {
      const problem = {
        title: `no sandbox answers at ${url}`,
        remedy: 'start one (gatekit serve), or name it with --url',
      }
      throw new GatekitError(problem, exitCodes.undecided)
    })
    return { status: answer.status, body: await answer.json().catch(() => undefined) }
  }
}

async function newest(url: string, key: string, type: string, account?: string | null): Promise<string | undefined> {
  const { body } = await through(
    url,
    key,
    () => {},
    account,
  )({ method: 'GET', path: `/v1/events?limit=1&type=${type}` })
  return (body as { data?: { id: string }[] } | undefined)?.data?.[0]?.id
}

const idOf = (answer: unknown): string | null => (answer as { id?: string } | null | undefined)?.id ?? null

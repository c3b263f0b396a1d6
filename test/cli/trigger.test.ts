import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Command } from 'commander'
import { trigger } from '../../src/cli/commands/trigger.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { createSandbox, GatekitError, type Sandbox } from '../../src/index.ts'
import { scenarioNames } from '../../src/stripe/scenario/load.ts'

let sandbox: Sandbox
before(async () => {
  sandbox = await createSandbox()
})
after(() => sandbox.close())

/** Runs the command as it would be typed; what it printed, and how it ended. */
async function run(argv: string[], env: NodeJS.ProcessEnv = {}) {
  const printed: string[] = []
  const screen = { ...createScreen({ json: true, color: false }), print: (line = '') => void printed.push(line) }
  const command = new Command('trigger').exitOverride()
  trigger.configure(command)
  command.parse(argv, { from: 'user' })
  const { signal } = new AbortController()
  const code = await trigger.run({ screen, args: command.args, options: command.opts(), cwd: '/', env, signal })
  return { code, printed: JSON.parse(printed.join('\n')) }
}

const refusal = async (argv: string[], env?: NodeJS.ProcessEnv): Promise<GatekitError> => {
  const error = await run(argv, env).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof GatekitError, String(error))
  return error
}

test('an event happens in the account of the key, with its parameters overridden', async () => {
  const { key, ...account } = sandbox.account()
  const argv = ['--override', 'amount=4321', 'charge.refunded', '--override', 'refund:metadata.order=7']

  const { code, printed } = await run(argv, { STRIPE_API_BASE: sandbox.url, STRIPE_SECRET_KEY: key })

  const [event] = account.events('charge.refunded')
  const [refund] = account.events('refund.created').map(({ data }) => data.object as { metadata?: { order?: string } })
  assert.deepEqual([code, printed.event, printed.type], [0, event?.id, 'charge.refunded'])
  assert.equal((event!.data.object as { amount_refunded?: number }).amount_refunded, 4321)
  assert.equal(refund?.metadata?.order, '7')
})

test('without an event the known ones are listed', async () => {
  const { code, printed } = await run([])

  assert.equal(code, 0)
  assert.deepEqual(
    printed.map((row: { event: string }) => row.event),
    await scenarioNames('triggers'),
  )
})

test('an unknown event is a usage error that names the nearest', async () => {
  const error = await refusal(['payment_intent.suceeded'])

  assert.equal(error.exitCode, 2)
  assert.match(String(error.problems[0]?.remedy), /payment_intent\.succeeded/)
})

test('what cannot be done safely or at all is said with the right exit code', async () => {
  const { key } = sandbox.account()
  const env = { STRIPE_API_BASE: sandbox.url, STRIPE_SECRET_KEY: key }

  const outcomes = await Promise.all([
    refusal(['customer.created', '--url', 'https://api.stripe.com', '--key', key]),
    refusal(['customer.created', '--key', `sk_${'live'}_x`], env),
    refusal(['customer.created'], {}),
    refusal(['customer.created', '--override', 'nonsense'], env),
    refusal(['customer.created', '--override', 'nobody:name=x'], env),
    refusal(['payment_intent.created', '--override', 'amount=-1'], env),
    refusal(['payment_intent.succeeded', '--override', 'confirm=false'], env),
    refusal(['customer.created', '--url', 'http://127.0.0.1:9', '--key', key]),
  ])

  assert.deepEqual(
    outcomes.map(({ exitCode }) => exitCode),
    [6, 6, 2, 2, 2, 1, 1, 3],
  )
})

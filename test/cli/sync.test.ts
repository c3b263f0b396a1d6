import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Command } from 'commander'
import { sync } from '../../src/cli/commands/sync.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { GatekitError } from '../../src/kernel/errors.ts'
import { packageFile } from '../../src/kernel/package.ts'
import { bodyOf, deadUrl, sendJson, startServer } from '../support/http-server.ts'

const env = { GATEKIT_ADMIN_TOKEN: 'token-of-a-test' }

/** Runs the command as it would be typed; what it printed, and how it ended. */
async function run(argv: string[]) {
  const printed: string[] = []
  const screen = { ...createScreen({ color: false }), print: (line = '') => void printed.push(line) }
  const command = new Command('sync').exitOverride()
  sync.configure(command)
  command.parse(argv, { from: 'user' })
  const { signal } = new AbortController()
  const code = await sync.run({ screen, args: command.args, options: command.opts(), cwd: '/', env, signal })
  return { code, printed }
}

/** A backend that answers so, and what it was sent. */
async function startAnswering(t: TestContext, answer: object, status = 200) {
  const sent: { url: string | undefined; authorization: string | undefined; body: Record<string, unknown> }[] = []
  const url = await startServer(t, async (request, response) => {
    const body = JSON.parse(await bodyOf(request)) as Record<string, unknown>
    sent.push({ url: request.url, authorization: request.headers.authorization, body })
    sendJson(response, answer, status)
  })
  return { url, sent }
}

test('products that were refused are named, and the command says that not all went well', async (t) => {
  const { url, sent } = await startAnswering(t, { synced: ['prod_1'], refused: [{ id: 'prod_2', reason: 'no price' }] })

  const { code, printed } = await run(['products', '--base-url', url])

  assert.equal(code, 1)
  assert.deepEqual(printed, ['synced     1', 'refused    1', '  prod_2: no price'])
  assert.deepEqual([sent[0]?.url, sent[0]?.authorization], ['/admin/sync', 'Bearer token-of-a-test'])
})

test('usage of the last day is reported, or of what is named', async (t) => {
  const { url, sent } = await startAnswering(t, { made: 2, completed: 2, failed: 0, left: 0 }, 202)

  const first = await run(['usage', '--base-url', url])
  await run([
    'usage',
    '--base-url',
    url,
    '--from',
    '2026-06-21T04:00:00Z',
    '--to',
    '2026-06-22T04:00:00+02:00',
    '--force',
  ])

  assert.deepEqual([first.code, first.printed[1]], [0, 'completed  2'])
  const [usual, named] = sent.map(({ body }) => body)
  assert.equal(Date.parse(String(usual?.time_to)) - Date.parse(String(usual?.time_from)), 86_400_000)
  assert.deepEqual(named, {
    time_from: '2026-06-21T04:00:00.000Z',
    time_to: '2026-06-22T02:00:00.000Z',
    force_rerun: true,
  })
})

test('what cannot be done is told with what to do, and what was not judged is no failure', async (t) => {
  const { url } = await startAnswering(t, { error: { message: 'this token is not known' } }, 403)
  const contract = packageFile('fixtures/payments/metering.contract.yaml')
  const errors: [argv: string[], message: RegExp, exitCode: number][] = [
    [['products', '--base-url', url], /403: this token is not known/, 3],
    [['products', '--base-url', await deadUrl()], /no backend answers/, 3],
    [['cards'], /no such thing/, 2],
    [['usage', '--from', 'yesterday'], /no time/, 2],
    [['usage', '--contract', contract], /one customer at a time/, 2],
    [['products', '--contract', contract], /no facts\.catalogue/, 2],
  ]
  for (const [argv, message, exitCode] of errors)
    await assert.rejects(run(argv), (error: unknown) => {
      assert.ok(error instanceof GatekitError, String(error))
      assert.match(error.message, message)
      assert.equal(error.exitCode, exitCode, argv.join(' '))
      return true
    })
})

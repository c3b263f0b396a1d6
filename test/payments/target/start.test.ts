import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { GatekitError } from '../../../src/kernel/errors.ts'
import { isProcessAlive } from '../../../src/kernel/process-group.ts'
import { findRelatives } from '../../../src/payments/target/marked.ts'
import { startTarget } from '../../../src/payments/target/start.ts'
import { supplyTarget } from '../../../src/payments/target/supplies.ts'
import { until } from '../../support/until.ts'
import { makeContract, own, plainBackend, start } from '../bench.ts'

const ask = async (url: string) => (await fetch(url)).json() as Promise<Record<string, string>>

/** Starts a grandchild that leaves the process group, writes its pid to a file and ignores SIGTERM. */
const withDaemon = `
import { spawn } from 'node:child_process'
const stay = "process.on('SIGTERM', () => {}); require('fs').writeFileSync('daemon.pid', String(process.pid)); setInterval(() => {}, 1000)"
spawn(process.execPath, ['-e', stay], { detached: true, stdio: 'ignore' }).unref()
${plainBackend}`

const refusalOf = async (action: Promise<unknown>): Promise<GatekitError> => {
  try {
    await action
  } catch (error) {
    assert.ok(error instanceof GatekitError, String(error))
    return error
  }
  assert.fail('nothing was thrown')
}

test('a target is ready when it is handed over, and nothing of it runs after it was stopped', async (t) => {
  const target = await start(t, await makeContract(t))
  const { pid } = await ask(target.baseUrl)
  assert.equal(target.state, 'ready')

  await target.stop()

  assert.equal(target.state, 'stopped')
  assert.equal(isProcessAlive(Number(pid)), false)
  assert.equal(await target.isReady(), false)
})

test('the environment is the own one, then the contract, then the supplies, then the changes; undefined removes', async (t) => {
  const contract = await makeContract(t, {
    target: { start: 'exec node backend.mjs', env: { A: 'contract', B: 'contract', C: 'contract', D: null } },
  })
  contract.target.env.PORT = new URL(contract.target.baseUrl).port
  const supplies = { env: { B: 'supplies', C: 'supplies' }, stripeSecrets: [], secrets: [] }
  const mine = { ...own, A: 'own', D: 'own', E: 'own' }

  const target = await start(t, contract, { own: mine, supplies, env: { C: 'change', E: undefined } })

  const { A, B, C, D, E } = await ask(`${target.baseUrl}/env`)
  assert.deepEqual({ A, B, C, D, E }, { A: 'contract', B: 'supplies', C: 'change', D: undefined, E: undefined })
})

test('a restart brings it back with other changes to the environment', async (t) => {
  const target = await start(t, await makeContract(t), { env: { A: 'first' } })

  await target.restart()
  assert.equal((await ask(`${target.baseUrl}/env`)).A, 'first')
  await target.restart({ env: { B: 'second' } })

  const { A, B } = await ask(`${target.baseUrl}/env`)
  assert.deepEqual({ A, B }, { A: undefined, B: 'second' })
})

test('kill9 ends what ignores SIGTERM and what has left the process group', async (t) => {
  const contract = await makeContract(t, { backend: withDaemon })
  const target = await start(t, contract)
  const file = join(contract.dir, 'daemon.pid')
  await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '')
  const daemon = Number(readFileSync(file, 'utf8'))
  assert.equal(isProcessAlive(daemon), true)

  await target.kill9()

  await until(() => !isProcessAlive(daemon))
  assert.equal(await target.isReady(), false)
})

test('a start command that puts the backend into the background is as good, and it is found again', async (t) => {
  const contract = await makeContract(t, {
    target: { start: 'setsid node backend.mjs > out.log 2>&1 & echo started', env: {} },
  })
  contract.target.env.PORT = new URL(contract.target.baseUrl).port
  const target = await start(t, contract)
  const { pid } = await ask(target.baseUrl)

  await target.kill9()

  assert.equal(isProcessAlive(Number(pid)) && (await target.isReady()), false)
  await target.restart()
  assert.equal(target.state, 'ready')
})

test('a port that is taken is a clear error, and what listens there is not taken for the target', async (t) => {
  const contract = await makeContract(t)
  const other = createServer((_, response) => response.end('{}'))
  other.listen(Number(new URL(contract.target.baseUrl).port), '127.0.0.1')
  await once(other, 'listening')
  t.after(() => other.close())

  const { message, exitCode, problems } = await refusalOf(startTarget(contract, { own }))

  assert.equal(exitCode, 3)
  assert.match(message, /something else already listens on 127\.0\.0\.1:\d+/)
  assert.ok(problems[0]?.remedy)
})

test('a target that ends before it is ready is an error that shows its last words without secrets', async (t) => {
  const secret = 'whsec_thisIsASecretOfTheTest123456'
  const backend = "console.error('cannot start with ' + process.env.STRIPE_WEBHOOK_SECRET); process.exit(7)"
  const contract = await makeContract(t, { backend })
  const secrets = { stripeSecrets: [secret], stripeSpareSecret: '', stripeApiKey: '', paypalWebhookId: '' }

  const error = await refusalOf(startTarget(contract, { own, supplies: supplyTarget(contract, secrets) }))

  assert.equal(error.exitCode, 3)
  assert.match(error.message, /ended \(exit 7\) before it was ready; it printed: cannot start with \[redacted/)
  assert.doesNotMatch(error.message, /thisIsASecret/)
})

test('a target that never gets ready is given up in time and does not stay', async (t) => {
  const contract = await makeContract(t, { backend: 'console.log(process.pid); setInterval(() => {}, 1000)' })

  const { message, exitCode } = await refusalOf(startTarget(contract, { own, readyMs: 300 }))

  assert.equal(exitCode, 3)
  const pid = Number(/it printed: (\d+)/.exec(message)?.[1])
  assert.ok(pid > 1)
  assert.equal(isProcessAlive(pid), false)
})

test('a slow start is waited for', async (t) => {
  const backend = `await new Promise((done) => setTimeout(done, 400))\n${plainBackend}`

  const target = await start(t, await makeContract(t, { backend }))

  assert.equal(target.state, 'ready')
  assert.ok(target.startMs >= 400)
})

test('where readiness is not expected, ending and refusing are both fine', async (t) => {
  const ends = await start(t, await makeContract(t, { backend: 'process.exit(3)' }), { expectReady: false })
  const refuses = plainBackend.replace('response.setHeader', 'response.statusCode = 503; response.setHeader')
  const stays = await start(t, await makeContract(t, { backend: refuses }), { expectReady: false, readyMs: 300 })

  assert.equal(ends.state, 'exited')
  assert.equal(ends.exit?.code, 3)
  assert.equal(stays.state, 'not-ready')
  assert.equal((await fetch(stays.baseUrl)).status, 503)
})

test('a target that lives and does not listen is told from one that refuses', async (t) => {
  const contract = await makeContract(t, { backend: 'setInterval(() => {}, 1000)' })

  const target = await start(t, contract, { expectReady: false, readyMs: 200 })

  assert.equal(target.state, 'silent')
})

test('where readiness is not expected, a slow start is still waited for as long as nothing listens', async (t) => {
  const refuses = plainBackend.replace('response.setHeader', 'response.statusCode = 503; response.setHeader')
  const backend = `await new Promise((done) => setTimeout(done, 3200))\n${refuses}`

  const target = await start(t, await makeContract(t, { backend }), { expectReady: false })

  assert.equal(target.state, 'not-ready')
})

test('a kill in the middle of a restart leaves nothing behind that nobody knows', async (t) => {
  const target = await start(t, await makeContract(t))

  await Promise.all([target.restart(), target.kill9(), target.restart(), target.kill9(), target.kill9()])

  assert.equal(await target.isReady(), false)
  await target.restart()
  assert.equal(target.state, 'ready')
})

test('what it wrote is kept over restarts', async (t) => {
  const target = await start(t, await makeContract(t, { backend: `console.log('hello from a life')\n${plainBackend}` }))
  await target.kill9()
  await target.restart()

  await until(() => target.output().split('hello from a life').length === 3)
})

test('a port that the last life still holds is tried again', async (t) => {
  const backend = `
import { existsSync, writeFileSync } from 'node:fs'
if (existsSync('lived') && !existsSync('refused')) {
  writeFileSync('refused', '')
  console.error('Error: listen EADDRINUSE: address already in use 127.0.0.1')
  process.exit(1)
}
writeFileSync('lived', '')
${plainBackend}`
  const target = await start(t, await makeContract(t, { backend }))

  await target.restart()

  assert.equal(target.state, 'ready')
})

test('nothing stays when the gate itself is killed', async (t) => {
  const contract = await makeContract(t, { backend: withDaemon })
  const script = `
import { loadContract } from ${JSON.stringify(fileURLToPath(new URL('../../../src/payments/contract/load.ts', import.meta.url)))}
import { startTarget } from ${JSON.stringify(fileURLToPath(new URL('../../../src/payments/target/start.ts', import.meta.url)))}
const contract = await loadContract(${JSON.stringify(contract.file)}, { cwd: '.', env: {} })
const target = await startTarget(contract, { own: { ...process.env } })
console.log('started', target.pid)
setInterval(() => {}, 1000)`
  const gate = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => gate.kill('SIGKILL'))
  let said = ''
  gate.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await until(() => /started \d+/.test(said))
  const file = join(contract.dir, 'daemon.pid')
  await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '')
  const pids = [Number(/started (\d+)/.exec(said)?.[1]), Number(readFileSync(file, 'utf8'))]
  assert.deepEqual(pids.map(isProcessAlive), [true, true])

  gate.kill('SIGKILL')

  await until(() => !pids.some(isProcessAlive))
})

test('a stranger is no relative', () => {
  assert.deepEqual(findRelatives('0'.repeat(24), 2 ** 30) ?? [], [])
})

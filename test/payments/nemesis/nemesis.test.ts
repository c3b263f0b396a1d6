import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { GatekitError } from '../../../src/kernel/errors.ts'
import { freePort } from '../../../src/kernel/free-port.ts'
import { createNemesis } from '../../../src/payments/nemesis/nemesis.ts'
import { startProxy } from '../../../src/payments/nemesis/proxy.ts'
import { startTcpServer } from '../../support/tcp-server.ts'
import { until } from '../../support/until.ts'
import { makeContract, own } from '../bench.ts'

const mv = { down: 'mv data data.off', up: 'test -d data.off && rm -rf data && mv data.off data' }
const withDb = (db: object = mv) => ({ more: { control: { db } } })

/** A folder `data` that the contract can take away. */
async function makeStore(t: Parameters<typeof makeContract>[0], options = withDb()) {
  const contract = await makeContract(t, options)
  const data = join(contract.dir, 'data')
  await mkdir(data)
  const nemesis = await createNemesis(contract, { own })
  t.after(() => nemesis.close())
  return { contract, data, nemesis, db: nemesis.db! }
}

test('what was taken away is back after up, and both may be asked for twice', async (t) => {
  const { data, db } = await makeStore(t)

  await db.down()
  await db.down()
  assert.deepEqual([db.isDown, existsSync(data)], [true, false])
  await db.up()
  await db.up()

  assert.deepEqual([db.isDown, existsSync(data)], [false, true])
})

test('closing brings everything back', async (t) => {
  const { data, db, nemesis } = await makeStore(t)
  await db.down()

  await nemesis.close()

  assert.equal(existsSync(data), true)
})

test('a down that fails is told, with its words, and up has run', async (t) => {
  const down = 'mv data data.off; echo no such store >&2; exit 9'
  const { data, db } = await makeStore(t, withDb({ ...mv, down }))

  await assert.rejects(
    db.down(),
    (error) => error instanceof GatekitError && /control\.db\.down failed: exit 9, no such store/.test(error.message),
  )

  assert.deepEqual([db.isDown, existsSync(data)], [false, true])
})

test('a server that up starts is left running and does not hold the gate up', async (t) => {
  const up = `${mv.up}; sleep 60 & echo $! > pid`
  const { contract, db } = await makeStore(t, withDb({ ...mv, up }))
  await db.down()

  await db.up()

  const pid = Number(
    await import('node:fs').then(({ readFileSync }) => readFileSync(join(contract.dir, 'pid'), 'utf8')),
  )
  assert.ok(process.kill(pid, 0))
  process.kill(pid, 'SIGKILL')
})

test('up runs even when the gate itself is killed meanwhile', async (t) => {
  const { contract, data } = await makeStore(t)
  const url = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../../src/payments/${path}`, import.meta.url)))
  const script = `
import { loadContract } from ${url('contract/load.ts')}
import { createNemesis } from ${url('nemesis/nemesis.ts')}
const contract = await loadContract(${JSON.stringify(contract.file)}, { cwd: '.', env: {} })
const { db } = await createNemesis(contract, { own: process.env })
await db.down()
console.log('down')
setInterval(() => {}, 1000)`
  const gate = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => gate.kill('SIGKILL'))
  await once(gate.stdout, 'data')
  assert.equal(existsSync(data), false)

  gate.kill('SIGKILL')

  await until(() => existsSync(data))
})

test('without declarations nothing can be taken away', async (t) => {
  const nemesis = await createNemesis(await makeContract(t), { own })

  assert.deepEqual([nemesis.db, nemesis.mail, nemesis.dbProxy], [undefined, undefined, undefined])
})

/** A proxy in front of a server that sends everything back. */
async function makeProxy(t: Parameters<typeof makeContract>[0]) {
  const { port } = await startTcpServer(t, (socket) => socket.pipe(socket))
  const listen = { host: '127.0.0.1', port: await freePort() }
  const proxy = await startProxy({ listen, forward: { host: '127.0.0.1', port } })
  t.after(() => proxy.close())
  const open = async () => {
    const socket = connect(listen)
    socket.on('error', () => {})
    t.after(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  return { proxy, open, listen }
}

/** A reset is an 'error' to `once`; here it is what is waited for. */
const closed = (socket: Socket) => new Promise((done) => socket.once('close', done))

test('the proxy passes bytes on, breaks connections when cut and works again when mended', async (t) => {
  const { proxy, open, listen } = await makeProxy(t)
  const first = await open()
  first.write('hello')
  assert.equal(String((await once(first, 'data'))[0]), 'hello')

  proxy.cut()
  await closed(first)
  await closed(connect(listen).on('error', () => {}))
  proxy.mend()

  const third = await open()
  third.write('again')
  assert.equal(String((await once(third, 'data'))[0]), 'again')
})

test('the proxy holds bytes back for as long as it is told, in their order', async (t) => {
  const { proxy, open } = await makeProxy(t)
  const socket = await open()
  proxy.delay(40)
  const began = performance.now()
  let echoed = ''
  socket.on('data', (chunk: Buffer) => {
    echoed += chunk.toString()
  })

  socket.write('a')
  socket.write('b')
  await until(() => echoed === 'ab')

  // There and back.
  assert.ok(performance.now() - began >= 75)
})

test('a proxy whose port is taken is a clear error, and a cut store counts as down', async (t) => {
  const { proxy, listen } = await makeProxy(t)

  await assert.rejects(
    startProxy({ listen, forward: listen }),
    (error) => error instanceof GatekitError && error.exitCode === 3 && /EADDRINUSE/.test(error.message),
  )
  await proxy.close()
  const contract = await makeContract(t, { more: { control: { db_proxy: `127.0.0.1:${listen.port}->5432` } } })
  const nemesis = await createNemesis(contract, { own })
  t.after(() => nemesis.close())
  await nemesis.db?.down()
  assert.equal(nemesis.db?.isDown, true)
  await nemesis.db?.up()
  assert.equal(nemesis.db?.isDown, false)
})

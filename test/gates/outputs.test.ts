import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { RunEvent } from '../../src/gates/events.ts'
import { readHistory } from '../../src/gates/history.ts'
import { GatekitError } from '../../src/kernel/errors.ts'
import { createSecrets } from '../../src/kernel/secrets.ts'
import { actor, createTestScheduler, makeFolder, oneGate, run } from './workshop.ts'

const outDir = 'qa/g/v1.0.0'

/** Every byte of every file below a folder, as one text. */
async function everythingIn(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map(async (file) => `${file}\n${await readFile(file, 'latin1')}`))).join('\n')
}

const secret = 'correct-horse-battery-staple-42'

for (const [encoding, written] of [
  ['plain', secret],
  ['base64', Buffer.from(`user:${secret}`).toString('base64')],
] as const) {
  test(`a secret that lands in the outputs as ${encoding} withholds them: exit 6, and no file shows it`, async (t) => {
    const dir = await makeFolder(t, oneGate('- { id: a, type: leak, do: 1 }'))
    const leak = actor('leak', async (context) => {
      await mkdir(join(context.rootDir, outDir, 'evidence'), { recursive: true })
      await writeFile(join(context.rootDir, outDir, 'evidence', 'raw.log'), `token=${written}\n`)
      return { status: 'PASS' }
    })
    const secrets = createSecrets()
    secrets.add('API_TOKEN', secret)

    const record = await run(dir, { definitions: [leak], context: { secrets } })

    assert.equal(record.exitCode, 6)
    assert.equal(record.status, 'ERROR')
    assert.match(record.reason, /API_TOKEN/)
    const left = await readdir(join(dir, outDir))
    assert.deepEqual(left.sort(), ['WITHHELD.txt', 'run.json'])
    assert.match(await readFile(join(dir, outDir, 'WITHHELD.txt'), 'utf8'), /evidence\/raw\.log: API_TOKEN/)
    const published = await everythingIn(join(dir, 'qa'))
    assert.ok(!published.includes(secret) && !published.includes(written))
    assert.ok(!JSON.stringify(record).includes(secret))
  })
}

test('a secret that a target repeated withholds the outputs, even when a later attempt is clean: exit 6', async (t) => {
  let turn = 0
  const repeats = actor('repeats', async () => {
    turn++
    const leaks = [{ name: 'API_TOKEN', encoding: 'plain', offset: 0 }]
    return turn === 1 ? { status: 'ERROR', reason: 'reset', cause: 'connect', leaks } : { status: 'PASS' }
  })
  const dir = await makeFolder(t, oneGate('- { id: a, type: repeats, do: 1 }'))

  const record = await run(dir, { definitions: [repeats], options: { scheduler: createTestScheduler(5000) } })

  assert.equal(turn, 2)
  assert.equal(record.exitCode, 6)
  assert.deepEqual((await readdir(join(dir, outDir))).sort(), ['WITHHELD.txt', 'run.json'])
})

test('a secret that a check repeats in its own words is redacted in every output, and the gate passes', async (t) => {
  const encoded = Buffer.from(secret).toString('base64')
  const dir = await makeFolder(t, oneGate('- { id: a, type: echo, do: 1 }'))
  const echo = actor('echo', async (context) => {
    await context.evidence('body.txt', `plain ${secret} and ${encoded}`)
    context.progress(`sent ${secret}`)
    return { status: 'PASS', details: { seen: secret, [secret]: encoded }, reproduce: [`curl -u x:${secret}`] }
  })
  const secrets = createSecrets()
  secrets.add('API_TOKEN', secret)

  const record = await run(dir, { definitions: [echo], context: { secrets } })

  assert.equal(record.exitCode, 0)
  const published = (await everythingIn(join(dir, 'qa'))) + JSON.stringify(record)
  assert.ok(!published.includes(secret) && !published.includes(encoded))
  assert.match(published, /\[redacted:API_TOKEN\]/)
})

test('a variable whose name says that it is secret is redacted without being registered', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: echo, do: 1 }'))
  const echo = actor('echo', async (context) => ({ status: 'PASS', details: { seen: context.variable('APP_TOKEN') } }))

  const record = await run(dir, { definitions: [echo], context: { variables: { APP_TOKEN: secret } } })

  assert.deepEqual(record.gates[0]?.checks[0]?.details, { seen: '[redacted:APP_TOKEN]' })
})

test('results of an earlier run are gone before the first check starts', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: look, do: 1 }'))
  let seen: string[] = []
  let marker = ''
  const look = actor('look', async (context) => {
    seen = await readdir(join(context.rootDir, outDir))
    marker = await readFile(join(context.rootDir, outDir, 'run.json'), 'utf8')
    return { status: 'PASS' }
  })
  await run(dir, { definitions: [look] })

  await run(dir, { definitions: [look] })

  assert.deepEqual(seen.sort(), ['events.ndjson', 'run.json'])
  assert.equal(JSON.parse(marker).status, 'RUNNING')
})

test('an output folder that cannot be made is told before anything runs: exit 3', async (t) => {
  const dir = await makeFolder(t, { ...oneGate('- { id: a, type: say, says: PASS }'), qa: 'a file, not a folder' })

  const work = run(dir)

  await assert.rejects(work, (error: GatekitError) => {
    assert.ok(error instanceof GatekitError)
    assert.equal(error.exitCode, 3)
    assert.match(error.message, /the output folder qa cannot be written \(E\w+\)/)
    return true
  })
})

test('a gate whose own folder cannot be made runs nothing and does not pass', async (t) => {
  const dir = await makeFolder(t, { ...oneGate('- { id: a, type: say, says: PASS }'), 'qa/g': 'a file' })

  const record = await run(dir)

  assert.deepEqual([record.status, record.exitCode], ['ERROR', 3])
  assert.match(record.reason, /cannot be written to qa\/g\/v1\.0\.0/)
  assert.equal(record.gates[0]?.checks[0]?.status, 'NOT_RUN')
})

test('a disk that goes away in the middle takes the pass with it', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: wreck, do: 1 }'))
  const wreck = actor('wreck', async (context) => {
    await rm(join(context.rootDir, outDir), { recursive: true })
    await writeFile(join(context.rootDir, outDir), 'in the way')
    return { status: 'PASS' }
  })

  const record = await run(dir, { definitions: [wreck] })

  assert.deepEqual([record.status, record.exitCode], ['ERROR', 3])
  assert.match(record.reason, /the outputs cannot be written to qa\/g\/v1\.0\.0 \(ENOTDIR\)/)
})

test('Ctrl-C leaves whole outputs that say INCOMPLETE: exit 130, the rest NOT_RUN', async (t) => {
  const interruption = new AbortController()
  const dir = await makeFolder(t, {
    'gatekit.yaml': `
version: 1
project: p
gates:
  - { id: g, checks: [{ id: a, type: say, says: PASS }, { id: b, type: waits, do: 1 }, { id: c, type: say, says: PASS }] }
  - { id: h, checks: [{ id: d, type: say, says: PASS }] }
`,
  })
  const waits = actor('waits', async ({ signal }) => {
    const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve))
    interruption.abort(new Error('interrupted'))
    await stopped
    return { status: 'PASS' }
  })

  const record = await run(dir, { definitions: [waits], options: { signal: interruption.signal } })

  assert.deepEqual(
    record.gates.flatMap((gate) => gate.checks).map((check) => check.status),
    ['PASS', 'NOT_RUN', 'NOT_RUN', 'NOT_RUN'],
  )
  assert.deepEqual([record.status, record.exitCode], ['INCOMPLETE', 130])
  assert.deepEqual(
    record.gates.map((gate) => gate.exitCode),
    [130, 130],
  )
  for (const gate of ['g', 'h']) {
    const tests = JSON.parse(await readFile(join(dir, `qa/${gate}/v1.0.0/tests.json`), 'utf8'))
    assert.equal(tests.status, 'INCOMPLETE')
  }
  assert.equal(JSON.parse(await readFile(join(dir, 'qa/run.json'), 'utf8')).status, 'INCOMPLETE')
  assert.ok(!(await everythingIn(join(dir, 'qa'))).includes('.tmp'))
})

test('kill -9 leaves RUNNING and no results, and the next run says so', async (t) => {
  const dir = await makeFolder(t, {
    'gatekit.yaml': 'version: 1\nproject: p\ngates: [{ id: g, checks: [{ id: a, type: sleeper, do: 1 }] }]\n',
  })
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('killed.ts', import.meta.url)), dir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  await new Promise((resolve) => child.stdout.once('data', resolve))
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  const left = JSON.parse(await readFile(join(dir, outDir, 'run.json'), 'utf8'))
  const files = await readdir(join(dir, outDir))
  const events: RunEvent[] = []

  const sleeper = actor('sleeper', async () => ({ status: 'PASS' }))
  const record = await run(dir, { definitions: [sleeper], options: { onEvent: (event) => events.push(event) } })

  assert.equal(left.status, 'RUNNING')
  assert.ok(!files.includes('tests.json') && !files.includes('tests.txt'))
  assert.match(record.notes.join('\n'), /An earlier run \(\w{26}, started .*\) was killed before it finished in qa;/)
  assert.ok(events.some((event) => event.type === 'note' && event.text.includes('killed')))
  assert.equal(record.exitCode, 0)
})

test('a run beside one that is still alive is refused', async (t) => {
  const dir = await makeFolder(t, {
    'gatekit.yaml': 'version: 1\nproject: p\ngates: [{ id: g, checks: [{ id: a, type: sleeper, do: 1 }] }]\n',
  })
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('killed.ts', import.meta.url)), dir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  t.after(() => child.kill('SIGKILL'))
  await new Promise((resolve) => child.stdout.once('data', resolve))

  const sleeper = actor('sleeper', async () => ({ status: 'PASS' }))
  const work = run(dir, { definitions: [sleeper] })

  await assert.rejects(work, /another gatekit \(process \d+\) is running in qa/)
})

test('the history keeps one line per run, newest first, and passes over a torn line', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: say, says: PASS }'))
  const first = await run(dir)
  const path = join(dir, 'qa/history.ndjson')
  await writeFile(path, `${await readFile(path, 'utf8')}{"runId":"torn`)

  const second = await run(dir, { options: { random: () => 0.25 } })

  const history = await readHistory(join(dir, 'qa'))
  assert.deepEqual(
    history.map((entry) => [entry.runId, entry.status, entry.gates[0]?.executed]),
    [
      [second.runId, 'PASS', 1],
      [first.runId, 'PASS', 1],
    ],
  )
})

for (const inTheWay of ['run.intoto.json', 'history.ndjson']) {
  test(`a record that cannot be kept whole, for ${inTheWay}, is no pass, and run.json says so`, async (t) => {
    const dir = await makeFolder(t, { ...oneGate('- { id: a, type: say, says: PASS }'), [`qa/${inTheWay}/x`]: '' })

    const record = await run(dir)

    const kept = JSON.parse(await readFile(join(dir, 'qa/run.json'), 'utf8'))
    for (const { status, exitCode, reason } of [record, kept]) {
      assert.deepEqual([status, exitCode], ['ERROR', 3])
      assert.match(reason, /record of the run cannot be written to qa/)
    }
  })
}

test('evidence cannot leave its folder and never overwrites other evidence', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: writer, do: 1 }'))
  const writer = actor('writer', async (context) => {
    await context.evidence('../../../escape.txt', 'one')
    await context.evidence('../../../escape.txt', 'two')
    return { status: 'PASS' }
  })

  const record = await run(dir, { definitions: [writer] })

  const evidence = record.gates[0]?.checks[0]?.evidence ?? []
  assert.equal(new Set(evidence.map(({ path }) => path)).size, 2)
  const kept = await Promise.all(evidence.map(({ path }) => readFile(join(dir, outDir, path), 'utf8')))
  assert.deepEqual(kept, ['one', 'two'])
  assert.deepEqual((await readdir(join(dir, outDir, 'evidence'))).length, 2)
})

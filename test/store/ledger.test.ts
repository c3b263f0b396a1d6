import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { GatekitError } from '../../src/kernel/errors.ts'
import { Ledger, type LedgerOptions } from '../../src/store/ledger/ledger.ts'

async function folder(context: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-ledger-'))
  context.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** A ledger of numbers by name: what is written is what changed. */
async function open(dir: string, options: Partial<LedgerOptions> = {}) {
  const values = new Map<string, number>()
  let changed = new Set<string>()
  const apply = (payload: string) => {
    for (const [name, value] of Object.entries(JSON.parse(payload) as Record<string, number>)) values.set(name, value)
  }
  const ledger = await Ledger.open({
    dir,
    fsync: 'never',
    take() {
      const payload = Object.fromEntries([...changed].map((name) => [name, values.get(name)]))
      changed = new Set()
      return JSON.stringify(payload)
    },
    *snapshot() {
      for (const [name, value] of values) yield JSON.stringify({ [name]: value })
    },
    apply,
    ...options,
  })
  const set = (name: string, value: number): Promise<void> => {
    values.set(name, value)
    changed.add(name)
    ledger.touch()
    return ledger.settled()
  }
  return { ledger, values, set }
}

test('what was settled is there again, in the order in which it was written', async (context) => {
  const dir = await folder(context)
  const first = await open(dir)
  await first.set('a', 1)
  await Promise.all([first.set('b', 2), first.set('a', 3)])
  await first.ledger.close()

  const second = await open(dir)
  context.after(() => second.ledger.close())

  assert.deepEqual(
    [...second.values],
    [
      ['a', 3],
      ['b', 2],
    ],
  )
})

test('cut at any byte, a log gives the whole frames before the cut and goes on from there', async (context) => {
  const dir = await folder(context)
  const first = await open(dir)
  for (let value = 1; value <= 3; value++) await first.set('a', value)
  await first.ledger.close()
  const log = join(dir, 'log-00000001')
  const whole = await readFile(log)
  const found: number[] = []

  for (let size = whole.length - 1; size >= 0; size--) {
    await writeFile(log, whole.subarray(0, size))
    const again = await open(dir)
    found.push(again.values.get('a') ?? 0)
    await again.set('b', size)
    await again.ledger.close()
    const after = await open(dir)
    assert.equal(after.values.get('b'), size)
    assert.equal(after.ledger.tornBytes, 0)
    await after.ledger.close()
  }

  assert.deepEqual([...new Set(found)], [2, 1, 0])
})

test('damage before whole frames is reported, and nothing is thrown away', async (context) => {
  const dir = await folder(context)
  const first = await open(dir)
  for (let value = 1; value <= 3; value++) await first.set('a', value)
  await first.ledger.close()
  const log = join(dir, 'log-00000001')
  const whole = await readFile(log)
  whole[40]! ^= 1
  await writeFile(log, whole)

  await assert.rejects(
    open(dir),
    (error: unknown) => error instanceof GatekitError && /damaged at byte/.test(error.message),
  )
  assert.deepEqual(await readFile(log), whole)
})

test('a snapshot takes the place of old logs, and changes made meanwhile are not lost', async (context) => {
  const dir = await folder(context)
  const first = await open(dir, { compactAfterBytes: 400 })
  for (let count = 0; count < 60; count++) await first.set(`k${count % 20}`, count)
  await first.ledger.close()

  const files = await readdir(dir)
  const second = await open(dir)
  await second.ledger.close()

  assert.deepEqual(second.values, first.values)
  assert.ok(files.some((name) => name.startsWith('snapshot-')))
  assert.ok(files.length <= 3, files.join())
})

test('a snapshot that was not finished is ignored and removed', async (context) => {
  const dir = await folder(context)
  const first = await open(dir)
  await first.set('a', 1)
  await first.ledger.close()
  await writeFile(join(dir, 'snapshot-00000002.tmp'), 'half')

  const second = await open(dir)
  await second.ledger.close()

  assert.equal(second.values.get('a'), 1)
  assert.deepEqual(await readdir(dir), ['log-00000001'])
})

test('one folder belongs to one process at a time', async (context) => {
  const dir = await folder(context)
  const first = await open(dir)

  await assert.rejects(open(dir), /in use by another/)
  await first.ledger.close()
  const second = await open(dir)
  await second.ledger.close()
})

test('many changes at once make few frames', async (context) => {
  const dir = await folder(context)
  let frames = 0
  const first = await open(dir, {
    take() {
      frames++
      return '{}'
    },
  })
  await Promise.all(Array.from({ length: 100 }, (_, at) => first.set(`k${at}`, at)))
  await first.ledger.close()

  assert.ok(frames <= 2, `${frames} frames`)
})

test('once writing has failed nothing is called settled any more', async (context) => {
  const dir = await folder(context)
  const problems: unknown[] = []
  const first = await open(dir, {
    take() {
      throw new Error('no space left')
    },
    onProblem: (error) => problems.push(error),
  })

  await assert.rejects(first.set('a', 1), /no space left/)
  await assert.rejects(first.ledger.settled(), /no space left/)
  await first.ledger.close()
  assert.equal(problems.length, 1)
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { DrillStop } from '../../../src/drill/findings.ts'
import { takeLease } from '../../../src/drill/lease/lease.ts'
import { isRunning, markProcess } from '../../../src/drill/lease/process-start.ts'
import { stateFolder } from '../../../src/drill/lease/state-folder.ts'
import { sweepLeftovers } from '../../../src/drill/lease/sweep.ts'
import { isProcessAlive } from '../../../src/kernel/process-group.ts'
import { scratchHome } from '../scratch.ts'

let home: string
const outer = process.env.TMPDIR
before(async () => {
  home = await scratchHome()
  process.env.TMPDIR = home
})
after(async () => {
  if (outer === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = outer
  await rm(home, { recursive: true, force: true })
})

async function project(name: string): Promise<string> {
  const path = join(home, name)
  await mkdir(path)
  return path
}

/** As if the drill that wrote it had been killed: its owner is a process that is no more. */
async function orphan(change: (lease: Record<string, unknown>) => object = () => ({})): Promise<void> {
  const folder = await stateFolder()
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.lease'))) {
    const lease = JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown>
    await writeFile(
      join(folder, name),
      JSON.stringify({ ...lease, owner: { pid: 999_999_999, start: 'x' }, ...change(lease) }),
    )
  }
}

test('a second drill of the same project is locked out, one of another project is not', async () => {
  const [one, other] = [await project('one'), await project('other')]
  const lease = await takeLease(one, 'a', 0)

  await assert.rejects(
    takeLease(one, 'b', 0),
    (error: DrillStop) => error instanceof DrillStop && error.finding.code === 'LOCKED',
  )
  const free = await takeLease(other, 'c', 0)

  await free.forget()
  await lease.forget()
  await (await takeLease(one, 'd', 0)).forget()
  assert.deepEqual(await readdir(await stateFolder()), [])
})

test('what a dead drill left is removed: its folder and its server, by name and by start time', async () => {
  const root = await project('dead')
  const lease = await takeLease(root, 'dead_1', 0)
  const scratch = join(await stateFolder(), 'dead_1')
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  await lease.leave({ kind: 'folder', path: scratch })
  await mkdir(scratch)
  await lease.leave({ kind: 'process', pid: child.pid as number, startedAt: '' })
  const gone = once(child, 'exit')

  assert.deepEqual(await sweepLeftovers(), [], 'a drill that runs keeps what it has')
  await orphan()
  const swept = await sweepLeftovers()

  await gone
  assert.deepEqual(swept, [`scratch server, process ${child.pid}`, `scratch folder ${scratch}`])
  assert.deepEqual(await readdir(await stateFolder()), [])
})

test('nothing but its own is swept: no folder elsewhere, no process that only has the same number', async () => {
  const root = await project('foreign')
  const precious = await project('precious')
  const lease = await takeLease(root, 'dead_2', 0)
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  await lease.leave({ kind: 'folder', path: precious })
  await lease.leave({ kind: 'process', pid: child.pid as number, startedAt: '' })
  await orphan((file) => ({
    traces: (file.traces as { kind: string }[]).map((trace) =>
      trace.kind === 'process' ? { ...trace, start: 'of another process' } : trace,
    ),
  }))

  assert.deepEqual(await sweepLeftovers(), [])

  assert.equal(isProcessAlive(child.pid as number), true)
  assert.ok((await readdir(home)).includes('precious'))
  child.kill()
})

test('what could not be removed stays written down until it can', async () => {
  const root = await project('remote')
  const lease = await takeLease(root, 'dead_3', 0)
  await lease.leave({ kind: 'database', server: '42', name: 'gatekit_drill_dead_3' })
  await orphan()
  const asked: string[] = []
  const remote = (done: boolean) => async (trace: { name: string }, drillId: string) => {
    asked.push(`${trace.name} of ${drillId}`)
    return done
  }

  assert.deepEqual(await sweepLeftovers(remote(false)), [])
  const swept = await sweepLeftovers(remote(true))

  assert.deepEqual(swept, ['database gatekit_drill_dead_3'])
  assert.deepEqual(asked, Array(2).fill('gatekit_drill_dead_3 of dead_3'))
  assert.deepEqual(await readdir(await stateFolder()), [])
})

test('leases that somebody died over are removed, those that are being written are not', async () => {
  const folder = await stateFolder()
  const lease = await takeLease(await project('torn'), 'alive_1', 0)
  const [name = ''] = await readdir(folder)
  const live = [`.${name}.0a1b.tmp`, `a1.lease.${process.pid}.0a1b.tmp`]
  for (const each of [...live, '.b2.lease.0a1b.tmp', 'b2.lease.999999999.0a1b.tmp'])
    await writeFile(join(folder, each), '')

  await sweepLeftovers()

  assert.deepEqual(await readdir(folder), [...live, name].sort())
  await lease.forget()
  for (const each of live) await rm(join(folder, each))
})

test('a process is known by when it started', async () => {
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  const mark = markProcess(child.pid as number)
  assert.equal(isRunning(mark), true)
  assert.equal(isRunning({ ...mark, start: `${mark.start}1` }), false)
  child.kill()
  await once(child, 'exit')
  assert.equal(isRunning(mark), false)
})

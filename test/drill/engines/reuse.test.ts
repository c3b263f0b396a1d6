import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database, Scratch } from '../../../src/drill/engines/define.ts'
import { reusingSessions } from '../../../src/drill/engines/reuse.ts'

/** A server that remembers which sessions were opened, what they were told, and which were closed. */
function server(sessions = 4) {
  const said: string[] = []
  let opened = 0
  const open = async (): Promise<Database> => {
    const id = ++opened
    said.push(`${id} open`)
    return {
      query: async () => [],
      exec: async (sql) => {
        said.push(`${id} ${sql}`)
        if (sql === 'fail') throw new Error(sql)
      },
      async *copyOut() {
        yield Buffer.from('1\n')
        yield Buffer.from('2\n')
      },
      copyIn: async () => ({ write: async () => {}, end: async () => 0, abort: async () => {} }),
      close: async () => {
        said.push(`${id} close`)
      },
    }
  }
  return { said, scratch: { sessions, superuser: open, owner: open } as unknown as Scratch }
}

test('a session that was closed is handed out again without what it knew, and ends with the work', async () => {
  const { said, scratch } = server()
  await reusingSessions(scratch, async ({ superuser }) => {
    const first = await superuser()
    const second = await superuser()
    await first.close()
    await first.close()
    const third = await superuser()
    await third.exec('select')
    await second.close()
    await third.close()
  })
  assert.deepEqual(said, [
    '1 open',
    '2 open',
    '1 discard all',
    '1 select',
    '2 discard all',
    '1 discard all',
    '2 close',
    '1 close',
  ])
})

test('owner and superuser never get each other’s sessions', async () => {
  const { said, scratch } = server()
  await reusingSessions(scratch, async ({ superuser, owner }) => {
    await (await superuser()).close()
    await (await owner()).close()
  })
  assert.deepEqual(said, ['1 open', '1 discard all', '2 open', '2 discard all', '1 close', '2 close'])
})

test('a session that was left in the middle of a table is not used again', async () => {
  const { said, scratch } = server()
  await reusingSessions(scratch, async ({ superuser }) => {
    const session = await superuser()
    for await (const _ of session.copyOut('copy cards to stdout')) break
    await session.close()
    const next = await superuser()
    for await (const _ of next.copyOut('copy cards to stdout'));
    await next.close()
  })
  assert.deepEqual(said, ['1 open', '1 close', '2 open', '2 discard all', '2 close'])
})

test('what fails closes the sessions that were given back', async () => {
  const { said, scratch } = server()
  const work = reusingSessions(scratch, async ({ superuser }) => {
    await (await superuser()).close()
    throw new Error('the engine died')
  })
  await assert.rejects(work, /the engine died/)
  assert.deepEqual(said, ['1 open', '1 discard all', '1 close'])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database, Scratch } from '../../../src/drill/engines/define.ts'
import { loadBackup } from '../../../src/drill/load/load.ts'
import type { CopyItem } from '../../../src/drill/reading/define.ts'

const copyOf = (name: string): CopyItem => ({
  kind: 'copy',
  sql: `COPY public.${name} (id) FROM stdin`,
  table: { schema: 'public', name, columns: ['id'], rows: 1, sha256: undefined, bytes: 2, blocks: 1, style: 'copy' },
  line: 1,
  isApart: true,
  data: (async function* () {
    yield Buffer.from('1\n')
  })(),
})

test('the rows of tables that are filled at the same time are all counted', async () => {
  // given a server that tells the number of rows of each only when both have all of them
  let ended = 0
  let wake = () => {}
  const both = new Promise<void>((done) => {
    wake = done
  })
  const session = {
    query: async () => [],
    exec: async () => {},
    copyIn: async () => ({
      write: async () => {},
      abort: async () => {},
      end: async () => {
        if (++ended === 2) wake()
        await both
        return 1
      },
    }),
    close: async () => {},
  } as unknown as Database
  const scratch = {
    kind: 'local',
    major: 15,
    sessions: 4,
    ownerName: 'owner',
    owner: async () => session,
    superuser: async () => session,
  } as unknown as Scratch
  // when
  const report = await loadBackup(
    scratch,
    (async function* () {
      yield* [copyOf('cards'), copyOf('users')]
    })(),
    {
      above: new Set(),
      isKnown: true,
      signal: new AbortController().signal,
      around: { dumpMajor: 15, has: () => true },
    },
  )
  // then
  assert.equal(report.rows, 2)
})

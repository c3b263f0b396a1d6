import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageOfList, pageOfTable, pageSize } from '../../../src/sandbox/dashboard/paging.ts'
import type { View } from '../../../src/sandbox/dashboard/view.ts'
import { RecordTable } from '../../../src/store/table.ts'

const count = 2 * pageSize + 3
const all = Array.from({ length: count }, (_, index) => `cus_${String(count - index).padStart(3, '0')}`)

const viewAt = (link: string): View =>
  ({
    query: new URL(link, 'http://localhost').searchParams,
    href: (path: string, params: Record<string, string | undefined>) =>
      `${path}?${new URLSearchParams(Object.entries(params).filter(([, value]) => value) as [string, string][])}`,
  }) as unknown as View

const table = new RecordTable()
for (const id of [...all].reverse()) table.put({ id })
const ofTable = (link: string) => pageOfTable(viewAt(link), table, '/list', {})
const ofList = (link: string) =>
  pageOfList(
    viewAt(link),
    all.map((id) => ({ id })),
    '/list',
    {},
  )

for (const [name, pageAt] of Object.entries({ table: ofTable, list: ofList })) {
  test(`the pages of a ${name} show everything once, in order, and lead back the same way`, () => {
    const there: string[][] = []
    let page = pageAt('/list')
    assert.equal(page.newer, undefined)
    for (;;) {
      there.push(page.items.map(({ id }) => id))
      if (page.older === undefined) break
      page = pageAt(page.older)
    }
    assert.deepEqual(there.flat(), all)

    const back = [page.items.map(({ id }) => id)]
    while (page.newer !== undefined) {
      page = pageAt(page.newer)
      back.unshift(page.items.map(({ id }) => id))
    }
    assert.deepEqual(back, there)
  })
}

test('what was made since the first page is not lost on the way back', () => {
  const growing = new RecordTable()
  for (let index = 100; index < 100 + pageSize + 5; index++) growing.put({ id: `cus_${index}` })
  const at = (link: string) => pageOfTable(viewAt(link), growing, '/list', {})
  const second = at(at('/list').older!)
  for (let index = 200; index < 210; index++) growing.put({ id: `cus_${index}` })

  const first = at(at(second.newer!).newer ?? '/list')

  assert.equal(first.items[0]?.id, 'cus_209')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { StoredRecord } from '../../src/store/record.ts'
import { type PageQuery, RecordTable, type Term } from '../../src/store/table.ts'

type Step = { do: 'put' | 'remove'; id: number; customer: number; created: number }

const steps = fc.array(
  fc.record<Step>({
    do: fc.constantFrom('put', 'put', 'put', 'remove'),
    id: fc.integer({ min: 0, max: 20 }),
    customer: fc.integer({ min: 0, max: 3 }),
    created: fc.integer({ min: 0, max: 5 }),
  }),
  { maxLength: 60 },
)

/** Two kinds of keys, of which a record has one, two or none. */
const term = (name: 'parity' | 'range', key: string): Term => ({
  name,
  key,
  keysOf({ created }) {
    if (name === 'parity') return Number(created) % 2 === 0 ? 'even' : undefined
    return Number(created) === 3 ? ['low', 'high'] : Number(created) < 3 ? 'low' : 'high'
  },
})

/** A table and the same records in a plain array, oldest first. `watched` is asked for before anything happens. */
function play(list: Step[], watched?: PageQuery): { table: RecordTable; model: StoredRecord[] } {
  const table = new RecordTable(['customer'], undefined, 0)
  if (watched) table.page(watched)
  let model: StoredRecord[] = []
  for (const step of list) {
    const record = { id: `id_${step.id}`, customer: `cus_${step.customer}`, created: step.created }
    const at = model.findIndex(({ id }) => id === record.id)
    if (step.do === 'remove') {
      table.remove(record.id)
      model = model.filter(({ id }) => id !== record.id)
    } else {
      table.put(record)
      if (at < 0) model.push(record)
      else model[at] = record
    }
  }
  return { table, model }
}

function walk(table: RecordTable, query: Omit<PageQuery, 'startingAfter'>): StoredRecord[] {
  const found: StoredRecord[] = []
  for (let cursor: string | undefined; ; ) {
    const page = table.page({ ...query, ...(cursor !== undefined && { startingAfter: cursor }) })
    found.push(...page.records)
    cursor = page.records.at(-1)?.id
    if (!page.hasMore) return found
  }
}

test('pages joined together are the whole list, newest first, whatever happened before', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 7 }), (list, limit) => {
      const { table, model } = play(list)

      assert.deepEqual(walk(table, { limit }), model.toReversed())
    }),
  )
})

test('a condition finds what a scan finds, indexed or not, with a range of creation times', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 5 }), (list, customer, from) => {
      const { table, model } = play(list)
      const where = { customer: `cus_${customer}` }

      const found = walk(table, { where, created: { from, to: 4 }, limit: 2 })

      const wanted = model.filter(
        (each) => each.customer === where.customer && Number(each.created) >= from && Number(each.created) <= 4,
      )
      assert.deepEqual(found, wanted.toReversed())
    }),
  )
})

test('terms lead to what a scan finds, whether the index was made before the records or after them', () => {
  const keys = fc.constantFrom(term('parity', 'even'), term('range', 'low'), term('range', 'high'), term('range', 'no'))
  const queries = fc.record({ terms: fc.array(keys, { maxLength: 2 }), customer: fc.integer({ min: 0, max: 4 }) })
  fc.assert(
    fc.property(steps, queries, fc.boolean(), (list, { terms, customer }, isEarly) => {
      const keep = (record: StoredRecord) => terms.every(({ key, keysOf }) => [keysOf(record)].flat().includes(key))
      const query = { terms, keep, limit: 3, ...(customer < 4 && { where: { customer: `cus_${customer}` } }) }

      const { table, model } = play(list, isEarly ? query : undefined)

      const wanted = model.filter((record) => keep(record) && (customer === 4 || record.customer === `cus_${customer}`))
      assert.deepEqual(walk(table, query), wanted.toReversed())
    }),
  )
})

test('a table that others are searched by too keeps the indexes asked for last, and finds as before', () => {
  const table = new RecordTable([], undefined, 0)
  for (let at = 0; at < 50; at++) table.put({ id: `id_${at}`, n: at })
  let reads = 0
  const find = (name: string): number => {
    reads = 0
    const keysOf = ({ n }: StoredRecord) => String(++reads && n)
    return table.page({ terms: [{ name, key: '7', keysOf }], limit: 10 }).records.length
  }

  const found = Array.from({ length: 40 }, (_, at) => find(`field ${at}`))

  assert.deepEqual(found, Array(40).fill(1))
  assert.deepEqual([find('field 39'), reads], [1, 0])
  assert.deepEqual([find('field 0'), reads], [1, 50])
})

test('the page before a record ends just newer than it', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5 }), fc.nat(20), (list, limit, pick) => {
      const { table, model } = play(list)
      const cursor = model[pick]
      if (!cursor) return

      const page = table.page({ limit, endingBefore: cursor.id })

      const newer = model.slice(pick + 1)
      assert.deepEqual(page.records, newer.slice(0, limit).toReversed())
      assert.equal(page.hasMore, newer.length > limit)
    }),
  )
})

test('the first page of a hundred thousand records costs what that of a thousand costs', () => {
  const looked = (size: number): number => {
    const table = new RecordTable(['customer'])
    for (let at = 0; at < size; at++) table.put({ id: `id_${at}`, customer: `cus_${at % 10}`, created: at })
    let count = 0
    const keep = () => ++count > 0
    table.page({ limit: 10, keep })
    table.page({ limit: 10, keep, startingAfter: `id_${size / 2}` })
    table.page({ limit: 10, keep, where: { customer: 'cus_3' } })
    table.page({ limit: 10, keep, created: { from: size - 20, to: size - 15 } })
    return count
  }

  assert.equal(looked(100_000), looked(1000))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccountStore } from '../../../src/store/account.ts'
import { indented, RecordTexts } from '../../../src/stripe/protocol/json-text.ts'

const stored = (count: number) => {
  const store = new AccountStore(() => [])
  const records = Array.from({ length: count }, (_, at) => ({
    id: `cus_${at}`,
    object: 'customer',
    name: `"data": []\n${at} Zoë`,
    metadata: {},
    lines: { object: 'list', data: [] },
  }))
  for (const record of records) store.table('customer').put(record)
  return { store, records }
}

test('a record, a page of records, an empty page and anything else have the text that indenting them gives', () => {
  const { store, records } = stored(3)
  const texts = new RecordTexts()
  const list = (data: unknown[]) => ({ object: 'list', data, has_more: false, url: '/v1/customers' })
  const bodies = [
    records[0],
    list(records),
    list([]),
    list([{ ...records[0] }]),
    list([records[1], { id: 'cus_none', object: 'customer' }]),
    { object: 'search_result', data: records },
    { id: 'cus_0', object: 'customer' },
    null,
    'text',
  ]

  for (const body of [...bodies, ...bodies]) assert.equal(String(texts.of(store, body)), indented(body))
})

test('a changed record has its new text', () => {
  const { store, records } = stored(1)
  const texts = new RecordTexts()
  texts.of(store, records[0])
  const changed = { ...records[0]!, name: 'Ann' }
  store.table('customer').put(changed)

  assert.equal(texts.of(store, changed), indented(changed))
})

test('texts stay right when there are more records than room', () => {
  const { store, records } = stored(50)
  const texts = new RecordTexts(4)

  for (const record of [...records, ...records.toReversed()]) assert.equal(texts.of(store, record), indented(record))
})

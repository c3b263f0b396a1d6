import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJsonPath, selectJson } from '../../src/kernel/json-path.ts'

const order = { id: 'o_1', items: [{ sku: 'a', qty: 2 }, { sku: 'b' }], 'odd name': { "it's": 1 }, none: null }
const valuesAt = (path: string) => selectJson(order, path).map(({ value }) => value)

test('each form of the subset selects exactly what it names', () => {
  assert.deepEqual(valuesAt('$'), [order])
  assert.deepEqual(valuesAt('$.id'), ['o_1'])
  assert.deepEqual(valuesAt('$.items[1].sku'), ['b'])
  assert.deepEqual(valuesAt('$.items[*].sku'), ['a', 'b'])
  assert.deepEqual(valuesAt("$['odd name']['it\\'s']"), [1])
  assert.deepEqual(valuesAt('$.none'), [null])
})

test('a path that leads nowhere selects nothing, inherited members included', () => {
  for (const path of [
    '$.missing',
    '$.items[2]',
    '$.items.length',
    '$.id.x',
    '$.constructor',
    '$.items[0][0]',
    '$[0]',
  ]) {
    assert.deepEqual(valuesAt(path), [], path)
  }
})

test('matches carry their normalised path', () => {
  assert.deepEqual(
    selectJson(order, "$['items'][*].qty").map(({ path }) => path),
    ['$.items[0].qty'],
  )
  assert.equal(selectJson(order, "$['odd name']")[0]?.path, "$['odd name']")
})

test('anything outside the subset is refused, never read as something else', () => {
  for (const path of [
    '',
    'id',
    '$id',
    '$.',
    '$..id',
    '$.items[-1]',
    '$.items[01]',
    '$.items[0:1]',
    '$[?(@.x)]',
    "$['x",
    '$ .id',
  ]) {
    assert.equal(parseJsonPath(path), undefined, path)
  }
})

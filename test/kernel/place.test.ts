import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseYaml } from '../../src/kernel/place.ts'
import { suggest } from '../../src/kernel/suggest.ts'

test('a path leads to the line and column of its value or its key', () => {
  const source = parseYaml('a.yaml', 'one: 1\ntwo:\n  - x\n  - { deep: "value" }\n')

  const { line, column, length, text } = source.place(['two', 1, 'deep'])
  const key = source.place(['two', 1, 'deep'], 'key')

  assert.deepEqual([line, column, length, text], [4, 13, 7, '  - { deep: "value" }'])
  assert.deepEqual([key.line, key.column, key.length], [4, 7, 4])
})

test('a path that does not exist leads to the nearest thing that does', () => {
  const source = parseYaml('a.yaml', 'one:\n  two: 2\n')

  const { line, column } = source.place(['one', 'three', 'four'])

  assert.deepEqual([line, column], [1, 1])
})

test('a path goes through an alias', () => {
  const source = parseYaml('a.yaml', 'a: &x { k: 1 }\nb: *x\n')

  assert.deepEqual([source.place(['b', 'k']).line, source.place(['b', 'k']).column], [1, 12])
})

for (const [what, text, title] of [
  ['a duplicate key', 'a: 1\na: 2\n', 'duplicate key "a"'],
  ['an unclosed bracket', 'a: [1, 2\n', 'YAML: '],
  ['an unknown tag', 'a: !!js/function x\n', 'YAML: '],
  ['a second document', 'a: 1\n---\nb: 2\n', 'YAML: '],
  ['an alias of nothing', 'a: *nothing\n', 'YAML: '],
] as const) {
  test(`${what} is a problem with a place, not a crash`, () => {
    const { problems } = parseYaml('a.yaml', text)

    assert.ok(problems.length >= 1)
    assert.ok(problems[0]?.title.startsWith(title), problems[0]?.title)
    assert.ok((problems[0]?.place?.line ?? 0) >= 1)
  })
}

test('a bomb of aliases is refused', () => {
  const rows = Array.from(
    { length: 9 },
    (_, i) =>
      `a${i}: &a${i} [${Array(9)
        .fill(i === 0 ? 'x' : `*a${i - 1}`)
        .join(', ')}]`,
  )

  const { problems, value } = parseYaml('a.yaml', rows.join('\n'))

  assert.equal(value, undefined)
  assert.equal(problems.length, 1)
})

test('a secret on a shown line is starred at its own length', () => {
  const key = `sk_${'live'}_0123456789abcdef`

  const { text } = parseYaml('a.yaml', `a: ${key}\n`).place(['a'])

  assert.equal(text, `a: ${'*'.repeat(key.length)}`)
})

test('a suggestion is near: one slip in a short word, a few in a long one, and nothing for another word', () => {
  const words = ['webhook', 'http', 'freshness', 'id']

  assert.deepEqual(
    ['webhok', 'htpt', 'frehsnes', 'idd', 'database', 'x'].map((word) => suggest(word, words)),
    ['webhook', 'http', 'freshness', 'id', undefined, undefined],
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { globExpression } from '../../src/config/glob.ts'

const cases: [pattern: string, yes: string[], no: string[]][] = [
  ['*.yaml', ['a.yaml'], ['a.yml', 'x/a.yaml', 'a-yaml']],
  ['**/*.yaml', ['a.yaml', 'x/y/a.yaml'], ['a.yaml/b']],
  ['pack?.{yaml,yml}', ['pack1.yaml', 'pack2.yml'], ['pack10.yaml', 'pack1.txt']],
  ['a+(b).yaml', ['a+(b).yaml'], ['aab.yaml']],
]
for (const [pattern, yes, no] of cases) {
  test(`the pattern ${pattern} takes what it says and nothing more`, () => {
    const expression = globExpression(pattern)

    assert.deepEqual(
      [...yes, ...no].map((path) => expression.test(path)),
      [...yes.map(() => true), ...no.map(() => false)],
    )
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holds, parseExpression } from '../../../src/payments/contract/expression.ts'

const judge = (text: string, item: unknown): boolean => {
  const expression = parseExpression(text)
  assert.ok(expression, `${text} cannot be read`)
  return holds(expression, item)
}

const cases: [text: string, item: unknown, wanted: boolean][] = [
  ['$.revoked == false', { revoked: false }, true],
  ['$.revoked == false', { revoked: true }, false],
  // SQLite and MySQL have no booleans; the mysql program hands out texts only.
  ['$.revoked == false', { revoked: 0 }, true],
  ['$.revoked == false', { revoked: '0' }, true],
  ['$.revoked == false', { revoked: '1' }, false],
  ['$.revoked == false', { revoked: 'f' }, true],
  ['$.revoked == false', {}, false],
  ['$.revoked != true', {}, true],
  ['$.revoked_at == null', {}, true],
  ['$.revoked_at == null', { revoked_at: '2026-01-01' }, false],
  ['$.status == "active"', { status: 'active' }, true],
  ["$.status == 'active' || $.status == 'past_due'", { status: 'past_due' }, true],
  ['$.active && !($.state == "void")', { active: true, state: 'ok' }, true],
  ['$.active && $.n > 0', { active: true, n: 0 }, false],
  ['$.n >= 2', { n: '10' }, true],
  ['$.n < 2', { n: null }, false],
  ['!$.revoked', { revoked: '0' }, true],
  ["$.state['is active'] == true", { state: { 'is active': true } }, true],
  ['$', 'false', false],
]

for (const [text, item, wanted] of cases) {
  test(`${text} is ${wanted} of ${JSON.stringify(item)}`, () => {
    assert.equal(judge(text, item), wanted)
  })
}

test('what is no expression is not read as one', () => {
  const wrong = [
    '',
    'revoked == false',
    '$.a =',
    '$.a = 1',
    '$.a == ',
    '($.a',
    '$.a)',
    '$..a',
    '$.a == b',
    '1 1',
    '$[?(@.a)]',
  ]
  for (const text of wrong) assert.equal(parseExpression(text), undefined, text)
})

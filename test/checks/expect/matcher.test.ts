import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Matcher, matcherSchema, mismatch } from '../../../src/checks/expect/matcher.ts'

const holds = (matcher: Matcher, actual: unknown): boolean => mismatch(matcher, actual) === undefined

test('each rule holds for what it names and for nothing else', () => {
  const cases: [Matcher, unknown[], unknown[]][] = [
    ['a', ['a'], ['b', 1, null, undefined]],
    [0, [0], ['0', false, null, undefined]],
    [null, [null], [undefined, 0, '']],
    [[1, { a: 2 }], [[1, { a: 2 }]], [[1], [{ a: 2 }, 1], '1']],
    [{ equals: { a: 1 } }, [{ a: 1 }], [{ a: 1, b: 2 }, {}, undefined]],
    [{ not: 'a' }, ['b', 1, null], ['a', undefined]],
    [{ oneOf: [1, 'a'] }, [1, 'a'], ['1', undefined]],
    [{ match: '^cs_test_' }, ['cs_test_1'], ['xcs_test_', undefined, null, ['cs_test_']]],
    [{ match: '^4' }, [402], [500]],
    [{ contains: 'b' }, ['abc', ['a', 'b']], ['ac', ['abc'], undefined, { b: 1 }]],
    [{ notContains: 'b' }, ['ac', []], ['abc', ['b'], undefined, 1]],
    [{ type: 'array' }, [[]], [{}, null, undefined]],
    [{ type: 'null' }, [null], [undefined, 0]],
    [{ gte: 1, lt: 3 }, [1, 2.9], [0, 3, '2', undefined, Number.NaN]],
    [{ gt: 1 }, [2], [1]],
    [{ lte: 1 }, [1], [1.1]],
    [{ length: 2 }, ['ab', [1, 2]], ['a', undefined, { length: 2 }]],
    [{ exists: true }, [null, 0, ''], [undefined]],
    [{ absent: true }, [undefined], [null, '']],
  ]
  for (const [matcher, good, bad] of cases) {
    assert.equal(matcherSchema.safeParse(matcher).success, true, JSON.stringify(matcher))
    for (const value of good)
      assert.ok(holds(matcher, value), `${JSON.stringify(matcher)} holds for ${JSON.stringify(value)}`)
    for (const value of bad)
      assert.ok(!holds(matcher, value), `${JSON.stringify(matcher)} not for ${JSON.stringify(value)}`)
  }
})

test('what is missing is said in words', () => {
  assert.equal(mismatch({ gte: 1, match: 'x' }, 0), 'to match x and >= 1')
  assert.equal(mismatch({ absent: true }, 1), 'absent')
})

test('a misspelt or empty rule is an error and never a comparison', () => {
  for (const matcher of [
    {},
    { mtach: 'a' },
    { match: '(' },
    { match: 'a', gt: '1' },
    { absent: false },
    { oneOf: [] },
  ]) {
    assert.equal(matcherSchema.safeParse(matcher).success, false, JSON.stringify(matcher))
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StripeError } from '../../../src/stripe/error.ts'
import { decodeForm } from '../../../src/stripe/protocol/form.ts'

const decoded = (text: string): unknown => JSON.parse(JSON.stringify(decodeForm(text)))

test('brackets make objects and arrays, plus signs and percents are read', () => {
  assert.deepEqual(decoded('a=1+2&b[c][d]=%E2%82%AC&e[]=x&e[]=y&f[0][g]=1&f[0][h]=2&f[1][g]=3&i&j='), {
    a: '1 2',
    b: { c: { d: '€' } },
    e: ['x', 'y'],
    f: { 0: { g: '1', h: '2' }, 1: { g: '3' } },
    i: '',
    j: '',
  })
})

test('items without numbers begin a new one when a key repeats', () => {
  assert.deepEqual(decoded('items[][price]=a&items[][quantity]=1&items[][price]=b'), {
    items: [{ price: 'a', quantity: '1' }, { price: 'b' }],
  })
})

test('names that reach for the prototype are refused', () => {
  for (const text of ['__proto__[x]=1', 'a[__proto__][x]=1', 'constructor[prototype][x]=1', 'a[constructor]=1']) {
    assert.throws(() => decodeForm(text), StripeError, text)
  }
  assert.equal(({} as Record<string, unknown>).x, undefined)
})

test('nesting without end is refused', () => {
  assert.throws(() => decodeForm(`a${'[b]'.repeat(1000)}=1`), /nested too deeply/)
})

test('any text is decoded or refused as Stripe refuses, never anything else', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab[]=&%+0\u0000'), maxLength: 40 }), (text) => {
      try {
        decodeForm(text)
      } catch (error) {
        assert.ok(error instanceof StripeError, `${text}: ${error}`)
      }
    }),
  )
})

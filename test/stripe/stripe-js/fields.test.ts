import assert from 'node:assert/strict'
import { test } from 'node:test'

interface FieldKind {
  format(text: string): string
  check(text: string): { code: string } | undefined
}

// A browser's module has no types.
const path = '../../../src/stripe/stripe-js/browser/fields.js'
const { brandOf, fieldKinds } = (await import(path)) as {
  brandOf(number: string): string
  fieldKinds: Record<string, FieldKind>
}

for (const [kind, typed, shown, code] of [
  ['number', '4242424242424242', '4242 4242 4242 4242', undefined],
  ['number', '4242 4242', '4242 4242', 'incomplete_number'],
  ['number', '4242424242424241', '4242 4242 4242 4241', 'invalid_number'],
  ['number', '378282246310005', '3782 8224 6310 005', undefined],
  ['expiry', '1234', '12 / 34', undefined],
  ['expiry', '12/2034', '12 / 34', undefined],
  ['expiry', '3', '03', 'incomplete_expiry'],
  ['expiry', '0120', '01 / 20', 'invalid_expiry_year_past'],
  ['expiry', '1334', '13 / 34', 'incomplete_expiry'],
  ['cvc', '12', '12', 'incomplete_cvc'],
  ['cvc', '12345', '1234', undefined],
  ['email', 'ann@example', 'ann@example', 'incomplete_email'],
] as const)
  test(`${kind} "${typed}" is shown as "${shown}" and is ${code ?? 'complete'}`, () => {
    const field = fieldKinds[kind]!

    assert.equal(field.format(typed), shown)
    assert.equal(field.check(field.format(typed))?.code, code)
  })

test('a brand is known from the first digits', () => {
  const brands = ['4', '55', '2223', '37', '6011', '36', '3566', '62', '9'].map(brandOf)

  assert.deepEqual(brands, [
    'visa',
    'mastercard',
    'mastercard',
    'amex',
    'discover',
    'diners',
    'jcb',
    'unionpay',
    'unknown',
  ])
})

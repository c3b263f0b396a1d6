import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutValues } from '../../../src/drill/wire/server-error.ts'

test('no value of a row is left in what the server said', () => {
  const said: [string, string][] = [
    ['22P02', 'invalid input syntax for type integer: "ann@example.com"'],
    ['22003', 'value "ann@example.com" is out of range for type integer'],
    ['22021', 'invalid byte sequence for encoding "UTF8": 0x61 0x6e 0x6e'],
    ['P0001', 'ann@example.com is not allowed'],
    ['42601', 'syntax error at or near "ann@example.com"'],
    ['22008', 'date/time field value out of range: "ann@example.com"'],
  ]
  for (const [code, message] of said) assert.doesNotMatch(withoutValues(message, code), /ann|0x61/, message)
})

test('names stay: they are what a person looks for', () => {
  assert.equal(
    withoutValues('relation "public.cards" does not exist', '42P01'),
    'relation "public.cards" does not exist',
  )
  const locale = 'could not create locale "xx_XX.utf8": No such file or directory'
  assert.equal(withoutValues(locale, '22023'), locale)
  assert.match(withoutValues('duplicate key value violates unique constraint "cards_pkey"', '23505'), /cards_pkey/)
  assert.match(withoutValues('invalid byte sequence for encoding "UTF8": 0xe9', '22021'), /encoding "UTF8"$/)
})

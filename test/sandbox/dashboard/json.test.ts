import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderBody, renderJson } from '../../../src/sandbox/dashboard/json.ts'

const textOf = (markup: string): string =>
  markup
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)))
    .replaceAll('&amp;', '&')

test('the text of what is shown is the JSON itself', () => {
  const value = { id: 'cus_1', list: [1, { a: null }, []], empty: {}, created: 1_700_000_000, text: '<b>"&\n' }

  const { markup } = renderJson(value, () => '/objects/customer/cus_1')

  assert.equal(textOf(markup), JSON.stringify(value, null, 2))
  assert.match(markup, /data-date="2023-11-14 22:13:20 UTC"/)
})

test('names and values of others cannot become markup', () => {
  const { markup } = renderJson({ '<img src=x>': '"><script>' }, () => '"><script>')

  assert.doesNotMatch(markup, /<script|<img/)
})

test('an endless value is cut, and says so', () => {
  const { markup } = renderJson(
    Array.from({ length: 10_000 }, (_, index) => index),
    () => undefined,
  )

  assert.match(markup, /and 6002 more lines/)
})

test('a body that is not JSON is shown as it is', () => {
  const { markup } = renderBody(
    '<h1>502</h1>',
    () => undefined,
    (value) => value,
  )

  assert.equal(textOf(markup), '<h1>502</h1>')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkContent } from '../../../src/notify/check-content.ts'
import type { Content, ContentContext } from '../../../src/notify/content/define.ts'

const find = (check: string, change: Partial<Content>, context: Partial<ContentContext> = {}): string[] =>
  checkContent({ channel: 'mail', subject: 'Hello', text: 'Hello', ...change }, context, [check]).map(
    ({ detail }) => detail,
  )

test('every trace of a value that never arrived is found, ordinary words are not', () => {
  for (const text of [
    'a {{x}}',
    'a ${x}',
    '<%= x %>',
    'Hi %s,',
    '%(name)s',
    '[object Object]',
    'Invalid Date',
    'sum: NaN',
    'undefined',
    'Hi null,',
  ])
    assert.equal(find('placeholders', { text }).length, 1, text)
  for (const text of [
    '100%',
    '50%sale',
    'null and void',
    'Nullpunkt',
    'banana',
    '20% discount',
    'x {y}',
    'undefinedness',
  ])
    assert.equal(find('placeholders', { text }).length, text === 'null and void' ? 1 : 0, text)
  assert.deepEqual(find('placeholders', { html: '<p title="{{x}}">fine</p><style>a{{b}}</style>' }), [])
})

test('links are judged by mode, host and repetition, without showing tokens', () => {
  const html = '<a href="/orders">o</a> <a href="https://shop.test/x?token=abc&token=abc">x</a>'

  assert.deepEqual(find('links', { html }), [
    '/orders is relative: a mail has no address of its own',
    'https://shop.test/x has token 2 times',
  ])
  assert.deepEqual(find('links', { text: 'see http://evil.com/a.' }, { mode: 'live', allowedHosts: ['shop.com'] }), [
    'http://evil.com/a leads to evil.com, which is not allowed',
    'http://evil.com/a is not https',
  ])
  assert.deepEqual(
    find('links', { text: 'https://www.shop.com https://notshop.com' }, { allowedHosts: ['shop.com'] }).length,
    1,
  )
  assert.deepEqual(find('links', { html: '<a href="javascript:alert(1)">x</a>' }), [
    'javascript:alert(1) is javascript:',
  ])
  assert.deepEqual(find('links', { html: '<a href="mailto:a@b.test">x</a><a href="#top">y</a>' }), [])
})

test('a text that says something else is found', () => {
  assert.equal(
    find('text-part', { text: 'View this in a browser', html: '<p>Your receipt for order 42, paid today</p>' }).length,
    1,
  )
  assert.deepEqual(find('text-part', { text: undefined as never, html: '<p>x</p>' }), ['html without a text part'])
})

test('secrets are named by kind, never shown', () => {
  const key = `whsec_${'a'.repeat(20)}`

  const found = find('secrets', { text: `x ${key}` })

  assert.deepEqual(found, ['text: a webhook signing secret'])
})

test('a wrong sum is found in either part, a right one is not', () => {
  const paid = { paid: { amount: 1900, currency: 'EUR' } }

  assert.deepEqual(find('amount', { text: 'Total €19.00' }, paid), [])
  assert.deepEqual(find('amount', { text: 'Total 19,00 €' }, paid), [])
  assert.deepEqual(find('amount', { text: 'Total €1,900' }, paid), ['text: €19.00 was paid, which it does not say'])
  assert.deepEqual(find('amount', { text: '€19.00', html: '<b>€18.00</b>' }, paid), [
    'html: €19.00 was paid, which it does not say',
  ])
  assert.deepEqual(find('amount', { text: '¥1,900' }, { paid: { amount: 1900, currency: 'jpy' } }), [])
})

test('images want a text, and cid ones their attachment', () => {
  assert.deepEqual(find('images', { html: '<img src=cid:a><img alt="" src="data:image/png;base64,AA">' }), [
    'image "cid:a" has no alt',
    'image "cid:a" has no attachment',
  ])
})

test('hostile html costs no more than its length', () => {
  const started = process.cpuUsage().user
  for (const piece of ['<a href="', '<a <', '<!--', '<a =" ', '</style', '<style>', '&#', '{{', '${'])
    checkContent({ channel: 'mail', subject: '', text: piece.repeat(20_000), html: piece.repeat(100_000) })
  const seconds = (process.cpuUsage().user - started) / 1e6

  assert.ok(seconds < 8, `${seconds} s of work`)
})

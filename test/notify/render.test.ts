import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GatekitError } from '../../src/kernel/errors.ts'
import { renderMoney } from '../../src/notify/money.ts'
import { namesIn, renderHtml, renderText } from '../../src/notify/render.ts'
import { loadTemplate, renderMessage, templateNames } from '../../src/notify/templates.ts'

const requestOf = (data: Record<string, unknown>, subject = '') => ({
  to: 'ada@example.test',
  template: 'x',
  subject,
  data,
})

test('names are filled in, nested ones too', () => {
  assert.equal(renderText('{{a}}, {{ b.c }}!', { a: 'x', b: { c: 0 } }, 'f'), 'x, 0!')
})

test('a value can never become markup or another placeholder', () => {
  assert.equal(
    renderHtml('<p title="{{a}}">', { a: `"><script>'&` }, 'f'),
    '<p title="&quot;&gt;&lt;script&gt;&#39;&amp;">',
  )
  assert.equal(renderText('{{a}}', { a: '{{b}} $& $1', b: 'x' }, 'f'), '{{b}} $& $1')
})

test('every missing, empty or unprintable value is an error with its place', () => {
  assert.throws(
    () => renderText('one {{a}}\ntwo {{b}} {{c}} {{constructor}}', { b: '', c: {}, d: 1 }, 'receipt/text.txt'),
    (error: unknown) => {
      assert.ok(error instanceof GatekitError)
      assert.deepEqual(
        error.problems.map(({ title, place }) => [title, place?.line, place?.column]),
        [
          ['no value for {{a}}', 1, 5],
          ['no value for {{b}}', 2, 5],
          ['no value for {{c}}', 2, 11],
          ['no value for {{constructor}}', 2, 17],
        ],
      )
      return true
    },
  )
})

test('anything but a name is refused', () => {
  for (const template of ['{{#if a}}', '{{/x}}', '{{> p}}', '{{}}', '{{a b}}', '{{a()}}'])
    assert.throws(() => renderText(template, { a: 1 }, 'f'), /is no name/)
})

test('amounts are printed with the decimals of their currency', () => {
  const amounts = [
    renderMoney('1900', 'eur'),
    renderMoney(1900, 'JPY'),
    renderMoney(1900, 'KWD'),
    renderMoney('19.00', 'EUR'),
    renderMoney(1, 'xx'),
  ]

  assert.deepEqual(amounts, ['€19.00', '¥1,900', 'KWD\u00a01.900', undefined, undefined])
})

for (const name of templateNames()) {
  test(`the ${name} template renders with its sample and misses each value that is taken away`, () => {
    const template = loadTemplate(name)
    const sample = template.sample as Record<string, unknown>

    const rendered = renderMessage(template, requestOf(sample))
    for (const part of Object.values(rendered)) assert.doesNotMatch(part, /\{\{|undefined|null|NaN/)

    const used = new Set([template.subject, template.text, template.html].flatMap(namesIn))
    for (const key of Object.keys(sample)) {
      const isUsed = used.has(key) || (used.has('total') && (key === 'amount' || key === 'currency'))
      assert.ok(isUsed, `${name}: sample value ${key} is used`)
      if (name === 'generic') continue
      const { [key]: _, ...rest } = sample
      assert.throws(() => renderMessage(template, requestOf(rest)), GatekitError)
    }
  })
}

test("the caller's subject wins, without one the template's own is used", () => {
  const template = loadTemplate('welcome')

  assert.equal(renderMessage(template, requestOf({ name: 'Ada' }, 'Hi {{name}}')).subject, 'Hi {{name}}')
  assert.equal(renderMessage(template, requestOf({ name: 'Ada' })).subject, 'Welcome, Ada')
})

test('a name without a template gets the generic one, with or without data', () => {
  const template = loadTemplate('no_such')

  assert.match(renderMessage(template, requestOf({}, 'Hello')).text, /^Hello\n\nThere are no further details\./)
  assert.match(renderMessage(template, requestOf({ order: 42, who: 'ada' }, 'Hello')).text, /order: 42\nwho: ada/)
  assert.equal(loadTemplate('../../../etc').name, 'generic')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkContent } from '../../../src/notify/check-content.ts'
import type { Content } from '../../../src/notify/content/define.ts'
import { contentChecks } from '../../../src/notify/content/list.ts'
import { loadTemplate, renderMessage, templateNames } from '../../../src/notify/templates.ts'

const sound: Content = {
  channel: 'mail',
  subject: 'Your receipt',
  text: 'You paid €1,900.00 for order 42. Nothing is nullified. See https://shop.test/orders/42?id=1 or 100%.',
  html: '<p>You paid €1.900,00 for order 42. Nothing is nullified. <a href="https://shop.test/orders/42?id=1">See</a> 100%.</p><img src="cid:a" alt="Logo">',
  headers: { 'list-unsubscribe': '<https://shop.test/u>', 'list-unsubscribe-post': 'List-Unsubscribe=One-Click' },
  attachments: [{ name: 'a', type: 'image/png', bytes: 1, sha256: '', contentId: 'a' }],
}

test('a sound message passes every check', () => {
  assert.deepEqual(checkContent(sound, { bulk: true, paid: { amount: 190_000, currency: 'eur' } }), [])
})

for (const { name, example } of Object.values(contentChecks)) {
  test(`${name} finds the fault of its example, and only named checks run`, () => {
    const findings = checkContent(example.content, example.context, [name])

    assert.ok(findings.length > 0)
    assert.deepEqual([...new Set(findings.map(({ check }) => check))], [name])
  })
}

for (const name of templateNames()) {
  test(`the ${name} template passes every check`, () => {
    const template = loadTemplate(name)
    const data = template.sample as Record<string, unknown>
    const rendered = renderMessage(template, { to: 'ada@example.test', template: name, subject: '', data })
    const paid = data.amount ? { paid: { amount: Number(data.amount), currency: String(data.currency) } } : {}

    assert.deepEqual(checkContent({ channel: 'mail', ...rendered }, { mode: 'live', ...paid }), [])
  })
}

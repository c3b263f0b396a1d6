import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { probes } from '../../src/payments/probes/list.ts'

const files = readdirSync('src/payments/probes').filter((file) => /^[a-z]\d+-/.test(file))

test('every probe has a file that begins with its id', () => {
  assert.equal(files.length, Object.keys(probes).length)
  for (const id of Object.keys(probes))
    assert.ok(
      files.some((file) => file.startsWith(`${id.toLowerCase()}-`)),
      id,
    )
})

for (const [key, probe] of Object.entries(probes))
  test(`${key}: says its rule, where it comes from, what it does not assert, and an example`, () => {
    const { id, title, rule, source, guard, example } = probe
    assert.equal(id, key)
    assert.match(id, /^[A-Z]\d{1,2}$/)
    assert.ok(title.length >= 10 && title.length <= 90, title)
    for (const text of [rule, guard, example]) assert.match(text, /^.{15,}$/)
    assert.ok(source.length >= 1)
    for (const { url } of source) if (url !== undefined) assert.match(url, /^https:\/\//)
  })

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { listPromises } from './inventory.ts'

const folders = ['behaviours/', 'billing/', 'connect/', 'payments/', 'protocol/']

test('at least 250 promises are tested, each once and each with the page that makes it', async (t) => {
  const files = folders.flatMap((folder) => {
    const url = new URL(folder, import.meta.url)
    const names = readdirSync(url).filter((name) => name.endsWith('.test.ts') && !name.endsWith('-property.test.ts'))
    return names.map((name) => new URL(name, url))
  })

  const promises = await listPromises(files)

  const titles = promises.map(({ page, promise }) => `${page}: ${promise}`)
  t.diagnostic(`${promises.length} promises from ${new Set(promises.map(({ page }) => page)).size} pages`)
  assert.ok(promises.length >= 250, `only ${promises.length}`)
  assert.deepEqual(
    titles.filter((title, at) => titles.indexOf(title) !== at),
    [],
  )
  assert.deepEqual(
    promises.filter(({ page, promise }) => !/^[a-z][\w/-]*(#[\w.-]+)?$/.test(page) || promise.length < 8),
    [],
  )
})

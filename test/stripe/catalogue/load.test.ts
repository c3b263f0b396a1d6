import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { findStripePackage, loadCatalogue, writeCatalogue } from '../../../src/stripe/catalogue/load.ts'

test('the file of a build holds the catalogue that loading gives', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gatekit-catalogue-'))
  t.after(() => rm(folder, { recursive: true }))

  const path = await writeCatalogue(folder)

  const { compiler, ...written } = JSON.parse(gunzipSync(await readFile(path)).toString())
  const { compiler: _any, ...loaded } = await loadCatalogue()
  assert.match(path, /stripe-\d+\.\d+\.\d+\.json\.gz$/)
  assert.ok(compiler)
  assert.deepEqual(written, loaded)
})

test('the stripe package is found from a module of the project', () => {
  assert.match(findStripePackage(), /node_modules\/stripe$/)
  assert.throws(() => findStripePackage('/nowhere/index.js'))
})

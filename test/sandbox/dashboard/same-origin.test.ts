import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSameOrigin } from '../../../src/sandbox/dashboard/same-origin.ts'

const host = '127.0.0.1:8423'

test('a form of our own page is taken', () => {
  assert.equal(isSameOrigin({ host, 'sec-fetch-site': 'same-origin' }), true)
  assert.equal(isSameOrigin({ host, origin: `http://${host}` }), true)
})

test('a form of another page, another port, or of nobody is not', () => {
  assert.equal(isSameOrigin({ host, 'sec-fetch-site': 'cross-site', origin: `http://${host}` }), false)
  assert.equal(isSameOrigin({ host, 'sec-fetch-site': 'same-site' }), false)
  assert.equal(isSameOrigin({ host, 'sec-fetch-site': 'none' }), false)
  assert.equal(isSameOrigin({ host, origin: 'http://127.0.0.1:3000' }), false)
  assert.equal(isSameOrigin({ host, origin: 'null' }), false)
  assert.equal(isSameOrigin({ host }), false)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JournalEntry } from '../../../src/store/journal.ts'
import { parseFilters, passes } from '../../../src/stripe/cli-sessions/log-filters.ts'

const entry: JournalEntry = { id: 'req_1', at: 0, method: 'POST', path: '/v1/refunds', status: 402, durationMs: 1 }

test('every filter lets through what it names and keeps out the rest', () => {
  const pairs: [object, object][] = [
    [{ filter_http_method: ['POST'] }, { filter_http_method: ['GET', 'DELETE'] }],
    [{ filter_request_path: ['/v1/refunds'] }, { filter_request_path: ['/v1/charges'] }],
    [{ filter_request_status: ['FAILED'] }, { filter_request_status: ['SUCCEEDED'] }],
    [{ filter_status_code: ['402'] }, { filter_status_code: ['400'] }],
    [{ filter_status_code_type: ['400', '500'] }, { filter_status_code_type: ['200'] }],
    [{ filter_account: ['self'] }, { filter_account: ['connect_in'] }],
    [{ filter_source: ['API'] }, { filter_source: ['DASHBOARD'] }],
    [{ filter_ip_address: ['127.0.0.1'] }, { filter_ip_address: ['10.0.0.1'] }],
  ]

  for (const [fits, misses] of pairs) {
    assert.equal(passes(entry, 'self', fits), true, JSON.stringify(fits))
    assert.equal(passes(entry, 'self', misses), false, JSON.stringify(misses))
    assert.equal(passes(entry, 'self', { ...fits, ...misses }), false)
  }
})

test('filters that cannot be read filter nothing', () => {
  for (const text of [undefined, '', '{', 'null', '[]', '{"filter_http_method":"GET"}', 7])
    assert.equal(passes(entry, 'self', parseFilters(text)), true)
  assert.deepEqual(parseFilters('{"filter_status_code":[402]}'), { filter_status_code: ['402'] })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Catalogue } from '../../../src/stripe/catalogue/model.ts'
import { compareCatalogues } from '../../../src/stripe/catalogue-diff/compare.ts'
import { renderDiff } from '../../../src/stripe/catalogue-diff/render.ts'

const before: Catalogue = {
  stripe: '1.0.0',
  api: '2026-01-01',
  operations: [
    { sdk: 'Refunds.create', verb: 'POST', path: '/v1/refunds', in: '@RefundCreateParams', out: '@Refund' },
    { sdk: 'Refunds.gone', verb: 'GET', path: '/v1/gone', out: '@Refund' },
  ],
  events: { 'refund.created': '@Refund', 'refund.gone': '@Refund' },
  enums: ['duplicate|fraudulent'],
  types: {
    RefundCreateParams: { 'amount?': 'n', 'reason?': 'e0+', 'old?': '@Old' },
    Old: { 'a?': 's', 'b?': 's' },
    Refund: { id: 's', object: '=refund', amount: 'n', status: 's~', details: '@Details' },
    Details: { card: 's' },
  },
}

const after: Catalogue = {
  ...before,
  stripe: '2.0.0',
  api: '2026-02-01',
  operations: [
    before.operations[0]!,
    { sdk: 'Refunds.cancel', verb: 'POST', path: '/v1/refunds/{id}/cancel', out: '@Refund' },
  ],
  events: { 'refund.created': '@Refund', 'refund.failed': '@Refund' },
  enums: ['duplicate|expired'],
  types: {
    RefundCreateParams: { amount: 'n', 'reason?': 'e0+', 'lines?': '[@Line]' },
    Line: { 'amount?': 'n' },
    Refund: { id: 's', object: '=refund', amount: 'n!', status: 's', details: '@Details' },
    Details: { card: 's', 'bank?': 's' },
  },
}

test('what came, went and changed is found: operations, parameters, values, fields, events', () => {
  const diff = compareCatalogues(before, after)

  assert.deepEqual(diff.operations, { added: ['POST /v1/refunds/{id}/cancel'], removed: ['GET /v1/gone'] })
  assert.deepEqual(diff.events, { added: ['refund.failed'], removed: ['refund.gone'] })
  assert.deepEqual(diff.params['POST /v1/refunds'], {
    added: ['lines'],
    removed: ['old'],
    changed: [
      { path: 'amount', required: [false, true] },
      { path: 'reason', values: { added: ['expired'], removed: ['fraudulent'] } },
    ],
  })
  assert.deepEqual(diff.fields.refund, {
    added: ['details.bank'],
    removed: [],
    changed: [
      { path: 'amount', deprecated: true },
      { path: 'status', kind: ['string or null', 'string'] },
    ],
  })
})

test('a catalogue does not differ from itself, and the text says so', () => {
  assert.match(renderDiff(compareCatalogues(before, before)), /No differences/)
})

test('the text has a line for each difference', () => {
  const text = renderDiff(compareCatalogues(before, after))

  assert.deepEqual(text.match(/^ {4}~ .*$/gm), [
    '    ~ amount: required now',
    '    ~ reason: +expired, -fraudulent',
    '    ~ amount: deprecated',
    '    ~ status: string or null -> string',
  ])
})

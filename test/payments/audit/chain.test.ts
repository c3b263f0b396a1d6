import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { brokenChain } from '../../../src/payments/audit/chain.ts'
import { chainSchema } from '../../../src/payments/contract/chain.ts'

const sha = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Two records as a backend would write them: the hash is over the one before and the fields, payload as compact JSON. */
function recordsOf(write: (value: unknown) => string = JSON.stringify) {
  let previous = '0'.repeat(64)
  return ['captured', 'refunded'].map((event, index) => {
    const raw = { id: index + 1, event, payload: { amount: 4999, note: 'Zoë' }, previous, hash: '' }
    raw.hash = sha(`${previous}\n${raw.id}\n${event}\n${write(raw.payload)}`)
    previous = raw.hash
    return { raw, hash: raw.hash, previous: raw.previous }
  })
}

const chain = chainSchema.parse({ over: ['$.previous', '$.id', '$.event', '$.payload'] })

test('a chain that holds is not broken, in hex of either case and in base64', () => {
  const records = recordsOf()
  const inBase64 = records.map((each) => ({ ...each, hash: Buffer.from(each.hash, 'hex').toString('base64') }))
  const inCapitals = records.map((each) => ({ ...each, hash: each.hash.toUpperCase() }))
  for (const each of [records, inBase64, inCapitals]) assert.equal(brokenChain(each, chain), undefined)
})

test('a record that was changed after its hash was made is found', () => {
  const [first, second] = recordsOf()
  assert.ok(first && second)
  const changed = { ...first, raw: { ...first.raw, payload: { amount: 1 } } }
  assert.match(brokenChain([changed, second], chain) ?? '', /not that of its contents/)
})

test('two records behind the same one are no chain', () => {
  const [first] = recordsOf()
  assert.ok(first)
  assert.match(brokenChain([first, first], chain) ?? '', /follow the same one/)
})

test('a list within the list is hashed as one JSON array', () => {
  const raw = { previous: 'x', id: 7, event: 'captured', by: null }
  const hash = sha(`x\n${JSON.stringify([7, 'captured', null])}`)
  const of = chainSchema.parse({ over: ['$.previous', ['$.id', '$.event', '$.by']] })
  assert.equal(brokenChain([{ raw, hash }], of), undefined)
})

test('JSON as Python writes it has spaces and no other letters than ASCII', () => {
  const spaced = recordsOf(() => '{"amount": 4999, "note": "Zo\\u00eb"}')
  assert.equal(brokenChain(spaced, { ...chain, json: 'spaced' }), undefined)
  assert.ok(brokenChain(spaced, chain))
})

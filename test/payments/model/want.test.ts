import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SubjectSpec } from '../../../src/payments/history/define.ts'
import { happened, refundedOf } from '../../../src/payments/model/facts.ts'
import { createFreshIds } from '../../../src/payments/model/ids.ts'
import { type EventLabel, paymentLabels, subscriptionLabels } from '../../../src/payments/model/labels.ts'
import { paypalEvent, paypalLabels, paypalObjects } from '../../../src/payments/model/paypal/events.ts'
import { money } from '../../../src/payments/model/paypal/money.ts'
import { stripeEvent, stripeLabels, stripeObjects } from '../../../src/payments/model/stripe/events.ts'
import type { Terms } from '../../../src/payments/model/terms.ts'
import { type Policy, wantOf } from '../../../src/payments/model/want.ts'

const price = { packSize: 5, amount: 4999, currency: 'usd' }
const declared: Policy = { partialRefund: 'keep', disputeOpen: 'suspend', mode: 'test' }

const termsOf = (spec: Partial<SubjectSpec> = {}): Terms => ({
  spec: { kind: 'payment', provider: 'stripe', ...spec },
  price,
  amount: spec.charged?.amount ?? price.amount,
  currency: spec.charged?.currency ?? price.currency,
  metadata: { user: 'u1', pack: 'black' },
  livemode: spec.livemode ?? false,
  email: 'u1@example.com',
  ids: createFreshIds('test').ids(spec.provider ?? 'stripe', 'test'),
  began: 1_700_000_000,
})

const labels = fc.uniqueArray(fc.constantFrom<EventLabel>(...paymentLabels), { minLength: 1, maxLength: 8 })
const policies = fc.record({
  partialRefund: fc.constantFrom('keep', 'revoke', 'prorate', undefined),
  disputeOpen: fc.constantFrom('suspend', 'keep', 'revoke', undefined),
}) as fc.Arbitrary<Policy>

test('what is wanted is the same in every order and however often events come', () => {
  fc.assert(
    fc.property(labels, policies, fc.infiniteStream(fc.nat()), (events, policy, numbers) => {
      const again = [...events, ...events].sort(() => ((numbers.next().value ?? 0) % 2 === 0 ? 1 : -1))
      assert.deepEqual(wantOf(termsOf(), again, policy), wantOf(termsOf(), events, policy))
    }),
  )
})

test('a subscription wants the same in every order, and nothing once it has ended', () => {
  const spec = { kind: 'subscription' } as const
  const some = fc.uniqueArray(fc.constantFrom<EventLabel>(...subscriptionLabels), { minLength: 1 })
  fc.assert(
    fc.property(some, (events) => {
      const want = wantOf(termsOf(spec), events, declared)
      assert.deepEqual(want, wantOf(termsOf(spec), [...events].reverse(), declared))
      if (events.includes('sd')) assert.equal(want.active.max, 0)
    }),
  )
})

test('nothing wants more than the pack, and a range is never empty', () => {
  fc.assert(
    fc.property(labels, policies, (events, policy) => {
      const { active, total } = wantOf(termsOf(), events, policy)
      assert.ok(active.min <= active.max && active.max <= price.packSize && total.min <= total.max)
    }),
  )
})

const cases: [name: string, events: EventLabel[], min: number, max: number][] = [
  ['a capture gives the pack', ['cap'], 5, 5],
  ['a full refund revokes it, also before the capture', ['full', 'cap'], 0, 0],
  ['a partial refund keeps it by this policy', ['cap', 'part'], 5, 5],
  ['partial refunds that add up revoke it', ['cap', 'rest', 'part'], 0, 0],
  ['an unpaid session gives nothing', ['unpaid'], 0, 0],
  ['a session without the capture event asserts nothing but the upper bound', ['cs'], 0, 5],
  ['an open dispute suspends', ['cap', 'disputed'], 0, 0],
  ['a dispute that is won restores', ['cap', 'disputed', 'won'], 5, 5],
  ['a dispute that is lost revokes', ['cap', 'disputed', 'lost'], 0, 0],
  ['a failure before the capture changes nothing', ['cap', 'failed'], 5, 5],
]
for (const [name, events, min, max] of cases)
  test(name, () => assert.deepEqual(wantOf(termsOf(), events, declared).active, { min, max }))

test('another amount, another currency, the other mode and metadata without a buyer give nothing', () => {
  const specs: Partial<SubjectSpec>[] = [
    { charged: { amount: 100 } },
    { charged: { currency: 'jpy' } },
    { livemode: true },
    { metadata: null },
    { metadata: { user: {} } },
  ]
  for (const spec of specs) assert.equal(wantOf(termsOf(spec), ['cap'], declared).active.max, 0)
})

test('every label has an event with the provider’s own name and the state of its time', () => {
  for (const label of stripeLabels) {
    const { type, body } = stripeEvent(termsOf(), label, 'evt_1')
    assert.match(type, /^[a-z_]+(\.[a-z_]+)+$/)
    assert.equal((body.data as { object: { livemode?: boolean } }).object.livemode ?? false, false)
  }
  for (const label of paypalLabels)
    assert.match(paypalEvent(termsOf({ provider: 'paypal' }), label, 'WH-1').type, /^[A-Z.-]+$/)
})

test('an event tells what was known when it was made, a re-fetch what is known now', () => {
  const terms = termsOf()
  const event = stripeEvent(terms, 'part', 'evt_1').body as { data: { object: { amount_refunded: number } } }
  const charge = stripeObjects(terms, happened(['cap', 'part', 'rest'])).find(({ object }) => object === 'charge')
  assert.equal(event.data.object.amount_refunded, 1999)
  assert.equal(charge?.amount_refunded, 4999)
})

test('ids are distinct, and a PayPal refund names its capture only in a link', () => {
  const terms = termsOf({ provider: 'paypal' })
  const refund = paypalObjects(terms, happened(['full'])).find(({ kind }) => kind === 'refund')?.resource
  const { full, refund: same, ...others } = terms.ids
  assert.equal(full, same)
  assert.equal(new Set(Object.values(others)).size, Object.values(others).length)
  assert.deepEqual(
    ((refund?.links ?? []) as { rel: string; href: string }[])
      .filter(({ rel }) => rel === 'up')
      .map(({ href }) => href.split('/').at(-1)),
    [terms.ids.payment],
  )
})

test('money of PayPal has the decimals of its currency', () => {
  assert.deepEqual(money(4999, 'usd'), { currency_code: 'USD', value: '49.99' })
  assert.equal(money(500, 'jpy').value, '500')
  assert.equal(money(5, 'kwd').value, '0.005')
})

test('refunds add up to what was paid', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 1e9 }), (amount) =>
      assert.equal(refundedOf(['cap', 'part', 'rest'], amount), amount),
    ),
  )
})

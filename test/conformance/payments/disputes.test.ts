import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Behaviour, checkBehaviours, rows } from '../behaviour.ts'
import { day, eventTypes, pay, refusal } from '../sandbox.ts'

async function dispute(
  stripe: Stripe,
  payment_method = 'pm_card_createDispute',
  amount = 5000,
): Promise<Stripe.Dispute> {
  const intent = await pay(stripe, amount, payment_method)
  const [found] = (await stripe.disputes.list({ payment_intent: intent.id })).data
  assert.ok(found)
  return found
}

const answer = (stripe: Stripe, id: string, uncategorized_text: string, submit?: boolean) =>
  stripe.disputes.update(id, { evidence: { uncategorized_text }, ...(submit !== undefined && { submit }) })

const netOf = async (stripe: Stripe) =>
  (await stripe.balanceTransactions.list({ limit: 100 })).data.reduce((sum, { net }) => sum + net, 0)

const behaviours: Behaviour[] = [
  ...rows(
    [
      { card: 'pm_card_createDispute', reason: 'fraudulent', status: 'needs_response', refundable: false, taken: 1 },
      {
        card: 'pm_card_createDisputeProductNotReceived',
        reason: 'product_not_received',
        status: 'needs_response',
        refundable: false,
        taken: 1,
      },
      {
        card: 'pm_card_createDisputeInquiry',
        reason: 'fraudulent',
        status: 'warning_needs_response',
        refundable: true,
        taken: 0,
      },
    ],
    ({ card, reason, refundable, status, taken }) => ({
      promise: `${card} is charged and disputed as ${reason}, ${status}`,
      page: 'testing#disputes',
      async check(stripe) {
        const found = await dispute(stripe, card)
        assert.equal(found.reason, reason)
        assert.equal(found.status, status)
        assert.equal(found.is_charge_refundable, refundable)
        assert.equal(found.balance_transactions.length, taken)
        assert.equal((await stripe.charges.retrieve(String(found.charge))).disputed, true)
      },
    }),
  ),
  {
    promise: 'a dispute takes the amount and a fee of 15.00 from the balance',
    page: 'disputes/how-disputes-work',
    async check(stripe) {
      const {
        balance_transactions: [taken],
      } = await dispute(stripe)
      assert.deepEqual(
        [taken?.amount, taken?.fee, taken?.net, taken?.type, taken?.reporting_category],
        [-5000, 1500, -6500, 'adjustment', 'dispute'],
      )
      assert.ok((await eventTypes(stripe)).includes('charge.dispute.funds_withdrawn'))
    },
  },
  {
    promise: 'winning evidence brings the money back',
    page: 'testing#disputes',
    async check(stripe) {
      const { id } = await dispute(stripe)
      const before = await netOf(stripe)

      const submitted = await answer(stripe, id, 'winning_evidence')

      assert.equal(submitted.status, 'under_review')
      const won = await stripe.disputes.retrieve(id)
      assert.equal(won.status, 'won')
      assert.equal(await netOf(stripe), before + 5000)
      const types = await eventTypes(stripe)
      assert.deepEqual(types.slice(-3), [
        'charge.dispute.updated',
        'charge.dispute.closed',
        'charge.dispute.funds_reinstated',
      ])
    },
  },
  {
    promise: 'losing evidence leaves the money with the customer',
    page: 'testing#disputes',
    async check(stripe) {
      const { id } = await dispute(stripe)
      const before = await netOf(stripe)
      await answer(stripe, id, 'losing_evidence')
      assert.equal((await stripe.disputes.retrieve(id)).status, 'lost')
      assert.equal(await netOf(stripe), before)
    },
  },
  {
    promise: 'any other evidence is under review and can no longer be changed',
    page: 'disputes/api',
    async check(stripe) {
      const { id } = await dispute(stripe)
      await answer(stripe, id, 'The customer picked it up.')
      const found = await stripe.disputes.retrieve(id)
      assert.equal(found.status, 'under_review')
      assert.equal(found.evidence_details.submission_count, 1)
      assert.equal((await refusal(answer(stripe, id, 'And another thing.'))).statusCode, 400)
    },
  },
  {
    promise: 'evidence is only staged with submit: false',
    page: 'api/disputes/update',
    async check(stripe) {
      const { id } = await dispute(stripe)
      const staged = await answer(stripe, id, 'winning_evidence', false)
      assert.equal(staged.status, 'needs_response')
      assert.equal(staged.evidence_details.has_evidence, true)
      assert.equal(staged.evidence_details.submission_count, 0)

      await stripe.disputes.update(id, { submit: true })

      assert.equal((await stripe.disputes.retrieve(id)).status, 'won')
    },
  },
  {
    promise: 'metadata can change without any evidence going in',
    page: 'api/disputes/update',
    async check(stripe) {
      const { id } = await dispute(stripe)
      const updated = await stripe.disputes.update(id, { metadata: { ticket: '7' } })
      assert.deepEqual(updated.metadata, { ticket: '7' })
      assert.equal(updated.status, 'needs_response')
    },
  },
  {
    promise: 'closing a dispute accepts it as lost, once',
    page: 'api/disputes/close',
    async check(stripe) {
      const { id } = await dispute(stripe)
      assert.equal((await stripe.disputes.close(id)).status, 'lost')
      assert.match((await refusal(stripe.disputes.close(id))).message, /already closed/)
    },
  },
  {
    promise: 'a dispute that nobody answers in time is lost',
    page: 'disputes/responding',
    async check(stripe, sandbox) {
      const { evidence_details, id } = await dispute(stripe)
      assert.equal(evidence_details.past_due, false)
      sandbox.advance(10 * day)
      const found = await stripe.disputes.retrieve(id)
      assert.equal(found.status, 'lost')
      assert.equal(found.evidence_details.past_due, true)
    },
  },
  {
    promise: 'an inquiry that nobody escalates closes by itself',
    page: 'disputes/how-disputes-work#inquiries',
    async check(stripe, sandbox) {
      const { id } = await dispute(stripe, 'pm_card_createDisputeInquiry')
      sandbox.advance(121 * day)
      assert.equal((await stripe.disputes.retrieve(id)).status, 'warning_closed')
    },
  },
  {
    promise: 'an inquiry can be escalated and takes the money then',
    page: 'testing#disputes',
    async check(stripe) {
      const { id } = await dispute(stripe, 'pm_card_createDisputeInquiry')
      await answer(stripe, id, 'escalate_inquiry_evidence')
      const found = await stripe.disputes.retrieve(id)
      assert.equal(found.status, 'needs_response')
      assert.equal(found.balance_transactions.length, 1)
    },
  },
  {
    promise: 'a charge under dispute cannot be refunded, one under inquiry can',
    page: 'disputes/how-disputes-work',
    async check(stripe) {
      const charged = await dispute(stripe)
      const asked = await dispute(stripe, 'pm_card_createDisputeInquiry')
      const error = await refusal(stripe.refunds.create({ charge: String(charged.charge) }))
      assert.equal(error.code, 'charge_disputed')
      assert.equal((await stripe.refunds.create({ charge: String(asked.charge) })).status, 'succeeded')
    },
  },
  {
    promise: 'the issuer warns of fraud without a dispute',
    page: 'testing#fraud-prevention',
    async check(stripe) {
      const intent = await pay(stripe, 1000, 'pm_card_createIssuerFraudRecord')
      const [warning] = (await stripe.radar.earlyFraudWarnings.list({ payment_intent: intent.id })).data
      assert.equal(warning?.actionable, true)
      await stripe.refunds.create({ payment_intent: intent.id })
      assert.equal((await stripe.radar.earlyFraudWarnings.retrieve(warning?.id ?? '')).actionable, false)
    },
  },
  {
    promise: 'evidence may name uploaded files only',
    page: 'api/disputes/update',
    async check(stripe) {
      const { id } = await dispute(stripe)
      const error = await refusal(stripe.disputes.update(id, { evidence: { receipt: 'file_nothing' } }))
      assert.equal(error.code, 'resource_missing')
      assert.equal(error.param, 'evidence[receipt]')
      const file = await stripe.files.create({
        purpose: 'dispute_evidence',
        file: { data: Buffer.from('%PDF-1.4'), name: 'receipt.pdf', type: 'application/pdf' },
      })
      const updated = await stripe.disputes.update(id, { evidence: { receipt: file.id }, submit: false })
      assert.equal(updated.evidence.receipt, file.id)
    },
  },
]

await checkBehaviours(behaviours)

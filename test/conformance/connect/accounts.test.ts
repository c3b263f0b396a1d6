import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Behaviour, checkBehaviours, rows } from '../behaviour.ts'
import { eventTypes, openAccount, pay, refusal } from '../sandbox.ts'

const bank = (account_number = '000123456789'): Stripe.AccountCreateExternalAccountParams => ({
  external_account: {
    object: 'bank_account',
    country: 'US',
    currency: 'usd',
    account_number,
    routing_number: '110000000',
  },
})

const behaviours: Behaviour[] = [
  {
    promise: 'a new account says what is missing and cannot charge',
    page: 'connect/required-verification-information',
    async check(stripe) {
      const account = await stripe.accounts.create({
        type: 'custom',
        capabilities: { card_payments: { requested: true } },
      })
      assert.equal(account.charges_enabled, false)
      assert.equal(account.capabilities?.card_payments, 'inactive')
      assert.equal(account.requirements?.disabled_reason, 'requirements.past_due')
      for (const field of ['business_type', 'external_account', 'tos_acceptance.date', 'business_profile.mcc'])
        assert.ok(account.requirements?.currently_due?.includes(field), field)
    },
  },
  {
    promise: 'an account that told everything may charge and be paid out',
    page: 'connect/handling-api-verification',
    async check(stripe) {
      const account = await stripe.accounts.retrieve(await openAccount(stripe))
      assert.deepEqual(account.requirements?.currently_due, [])
      assert.deepEqual(
        [account.charges_enabled, account.payouts_enabled, account.details_submitted],
        [true, true, true],
      )
      assert.deepEqual(account.capabilities, { card_payments: 'active', transfers: 'active' })
      assert.equal(account.individual?.id_number_provided, true)
      assert.ok(!JSON.stringify(account).includes('"id_number"'))
    },
  },
  ...rows(
    [
      { what: 'an id number that does not match', individual: { id_number: '111111111' } },
      { what: 'a birthday that does not match', individual: { dob: { day: 1, month: 1, year: 1902 } } },
    ],
    ({ individual, what }) => ({
      promise: `${what} asks for a document, which settles it`,
      page: 'connect/testing#test-verification-addresses',
      async check(stripe) {
        const id = await openAccount(stripe)
        const doubted = await stripe.accounts.update(id, { individual })
        assert.equal(doubted.charges_enabled, false)
        assert.equal(doubted.requirements?.errors?.[0]?.code, 'verification_failed_keyed_identity')
        const settled = await stripe.accounts.update(id, {
          individual: { verification: { document: { front: 'file_identity_document_success' } } },
        })
        assert.equal(settled.charges_enabled, true)
      },
    }),
  ),
  ...rows(
    [
      { type: 'standard' as const, dashboard: 'full', collection: 'stripe' },
      { type: 'express' as const, dashboard: 'express', collection: 'stripe' },
      { type: 'custom' as const, dashboard: 'none', collection: 'application' },
    ],
    ({ collection, dashboard, type }) => ({
      promise: `type ${type} means the ${dashboard} dashboard and requirements collected by ${collection}`,
      page: 'connect/migrate-to-controller-properties',
      async check(stripe) {
        const { controller } = await stripe.accounts.create({ type })
        assert.equal(controller?.stripe_dashboard?.type, dashboard)
        assert.equal(controller?.requirement_collection, collection)
      },
    }),
  ),
  {
    promise: 'a capability is requested and taken back one by one',
    page: 'connect/account-capabilities',
    async check(stripe) {
      const id = await openAccount(stripe)
      const off = await stripe.accounts.updateCapability(id, 'card_payments', { requested: false })
      assert.equal(off.status, 'unrequested')
      const { data } = await stripe.accounts.listCapabilities(id)
      assert.deepEqual(
        data.map((each) => [each.id, each.requested]),
        [
          ['card_payments', false],
          ['transfers', true],
        ],
      )
    },
  },
  {
    promise: 'a rejected account can neither charge nor be paid out',
    page: 'api/account/reject',
    async check(stripe) {
      const id = await openAccount(stripe)
      const rejected = await stripe.accounts.reject(id, { reason: 'terms_of_service' })
      assert.equal(rejected.charges_enabled, false)
      assert.equal(rejected.requirements?.disabled_reason, 'rejected.platform_terms_of_service')
      await refusal(stripe.accounts.reject(id, { reason: 'other' }))
    },
  },
  {
    promise: 'the first external account of a currency is its default, another one can become it',
    page: 'api/external_accounts',
    async check(stripe) {
      const { id } = await stripe.accounts.create({ type: 'custom' })
      const first = await stripe.accounts.createExternalAccount(id, bank())
      const second = await stripe.accounts.createExternalAccount(id, { ...bank(), default_for_currency: true })
      const { data } = await stripe.accounts.listExternalAccounts(id)
      assert.deepEqual(
        data.map((each) => [each.id, each.default_for_currency]),
        [
          [second.id, true],
          [first.id, false],
        ],
      )
      await refusal(stripe.accounts.deleteExternalAccount(id, second.id))
      assert.equal((await stripe.accounts.deleteExternalAccount(id, first.id)).deleted, true)
    },
  },
  {
    promise: 'a routing number with a wrong check digit is refused',
    page: 'error-codes#routing-number-invalid',
    async check(stripe) {
      const { id } = await stripe.accounts.create({ type: 'custom' })
      const external_account = {
        object: 'bank_account' as const,
        country: 'US',
        account_number: '000123456789',
        routing_number: '110000001',
      }
      const error = await refusal(stripe.accounts.createExternalAccount(id, { external_account }))
      assert.equal(error.code, 'routing_number_invalid')
    },
  },
  {
    promise: 'persons are kept with their relationship and without their numbers',
    page: 'api/persons',
    async check(stripe) {
      const { id } = await stripe.accounts.create({ type: 'custom', business_type: 'company' })
      const person = await stripe.accounts.createPerson(id, {
        first_name: 'Jane',
        last_name: 'Diaz',
        id_number: '000000000',
        relationship: { representative: true, title: 'CEO' },
      })
      assert.equal(person.relationship?.representative, true)
      assert.equal(person.id_number_provided, true)
      assert.equal(person.verification?.status, 'verified')
      const updated = await stripe.accounts.updatePerson(id, person.id, { email: 'jane@example.com' })
      assert.equal(updated.relationship?.title, 'CEO')
      assert.equal((await stripe.accounts.listPersons(id)).data.length, 1)
      assert.equal((await stripe.accounts.deletePerson(id, person.id)).deleted, true)
      assert.equal((await stripe.accounts.listPersons(id)).data.length, 0)
    },
  },
  {
    promise: 'onboarding by link ends with an account that can charge, back at return_url',
    page: 'connect/hosted-onboarding',
    async check(stripe) {
      const { id } = await stripe.accounts.create({ type: 'express', email: 'seller@example.com' })
      const urls = { refresh_url: 'https://platform.example/again', return_url: 'https://platform.example/done' }
      const { url } = await stripe.accountLinks.create({ account: id, type: 'account_onboarding', ...urls })
      assert.match(await (await fetch(url)).text(), /Use test data/)

      const submitted = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ outcome: 'complete' }),
        redirect: 'manual',
      })

      assert.equal(submitted.headers.get('location'), urls.return_url)
      const account = await stripe.accounts.retrieve(id)
      assert.deepEqual(
        [account.details_submitted, account.charges_enabled, account.payouts_enabled],
        [true, true, true],
      )
      assert.ok((await eventTypes(stripe, { stripeAccount: id })).includes('account.updated'))
    },
  },
  {
    promise: 'an account link is good for one visit',
    page: 'api/account_links',
    async check(stripe, sandbox) {
      const { id } = await stripe.accounts.create({ type: 'express' })
      const order = {
        account: id,
        type: 'account_onboarding' as const,
        refresh_url: 'https://platform.example/again',
        return_url: 'https://platform.example/done',
      }
      const { url } = await stripe.accountLinks.create(order)
      await fetch(url)
      assert.equal((await fetch(url, { redirect: 'manual' })).headers.get('location'), order.refresh_url)
      const late = await stripe.accountLinks.create(order)
      sandbox.advance(301)
      assert.equal((await fetch(late.url, { redirect: 'manual' })).headers.get('location'), order.refresh_url)
    },
  },
  {
    promise: 'only express accounts have login links',
    page: 'api/account/create_login_link',
    async check(stripe) {
      const express = await stripe.accounts.create({ type: 'express' })
      const custom = await stripe.accounts.create({ type: 'custom' })
      assert.match((await stripe.accounts.createLoginLink(express.id)).url, /^http/)
      assert.match(
        (await refusal(stripe.accounts.createLoginLink(custom.id))).message,
        /not an Express Dashboard account/,
      )
    },
  },
  {
    promise: 'accounts share nothing: neither customers nor events',
    page: 'connect/authentication',
    async check(stripe) {
      const [one, two] = [await openAccount(stripe), await openAccount(stripe)]
      const customer = await stripe.customers.create({ email: 'a@example.com' }, { stripeAccount: one })
      assert.equal((await refusal(stripe.customers.retrieve(customer.id))).code, 'resource_missing')
      assert.equal(
        (await refusal(stripe.customers.retrieve(customer.id, {}, { stripeAccount: two }))).code,
        'resource_missing',
      )
      assert.equal((await stripe.customers.list({}, { stripeAccount: one })).data.length, 1)
      assert.ok(!(await eventTypes(stripe)).includes('customer.created'))
    },
  },
  {
    promise: 'an account of somebody else, or a deleted one, is out of reach',
    page: 'error-codes#account-invalid',
    async check(stripe, sandbox) {
      const id = await openAccount(stripe)
      const foreign = await refusal(sandbox.client().balance.retrieve({}, { stripeAccount: id }))
      assert.deepEqual([foreign.statusCode, foreign.code], [403, 'account_invalid'])
      await stripe.accounts.del(id)
      assert.equal(
        (await refusal(pay(stripe, 1000, 'pm_card_visa', {}, { stripeAccount: id }))).code,
        'account_invalid',
      )
    },
  },
  {
    promise: 'events of connected accounts name their account and reach the connect endpoint only',
    page: 'connect/webhooks',
    async check(stripe) {
      const id = await openAccount(stripe)
      await stripe.webhookEndpoints.create({
        url: 'http://127.0.0.1:9/connect',
        connect: true,
        enabled_events: ['customer.created'],
      })
      await stripe.customers.create({})
      await stripe.customers.create({}, { stripeAccount: id })
      const [own] = (await stripe.events.list({ type: 'customer.created' })).data
      const [connected] = (await stripe.events.list({ type: 'customer.created' }, { stripeAccount: id })).data
      assert.deepEqual([own?.account, own?.pending_webhooks], [undefined, 0])
      assert.deepEqual([connected?.account, connected?.pending_webhooks], [id, 1])
    },
  },
]

await checkBehaviours(behaviours)

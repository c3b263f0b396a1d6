import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Behaviour, checkBehaviours, rows } from '../behaviour.ts'
import { day, refusal, type Sandbox } from '../sandbox.ts'

const requests = 'api/idempotent_requests'
const paging = 'api/pagination'
const searching = 'search'

/** The same request once more, past the client, which would wait for its turn. */
const post = (sandbox: Sandbox, stripe: Stripe, key: string, form: string) =>
  sandbox.server.handle({
    method: 'POST',
    url: '/v1/customers',
    headers: {
      authorization: `Bearer ${sandbox.keyOf(stripe)}`,
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': key,
    },
    body: Buffer.from(form),
  })

const three = async (stripe: Stripe): Promise<string[]> => {
  const ids: string[] = []
  for (const name of ['a', 'b', 'c']) ids.push((await stripe.customers.create({ name })).id)
  return ids
}

const namesOf = (list: { data: Stripe.Customer[] }) => list.data.map(({ name }) => name).join('')

const idempotency: Behaviour[] = [
  {
    promise: 'a key that was used gives the first answer again and says so',
    page: requests,
    async check(stripe) {
      const [first, second] = [
        await stripe.customers.create({ name: 'a' }, { idempotencyKey: 'k' }),
        await stripe.customers.create({ name: 'a' }, { idempotencyKey: 'k' }),
      ]
      assert.equal(second.id, first.id)
      assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true')
      assert.equal(second.lastResponse.headers['original-request'], first.lastResponse.requestId)
      assert.equal((await stripe.customers.list()).data.length, 1)
    },
  },
  {
    promise: 'a key with other parameters is refused',
    page: requests,
    async check(stripe) {
      await stripe.customers.create({ name: 'a' }, { idempotencyKey: 'k' })
      const error = await refusal(stripe.customers.create({ name: 'b' }, { idempotencyKey: 'k' }))
      assert.deepEqual([error.statusCode, error.rawType], [400, 'idempotency_error'])
    },
  },
  {
    promise: 'a key whose first request is still running is a conflict',
    page: 'error-low-level#idempotency',
    async check(stripe, sandbox) {
      const answers = await Promise.all([post(sandbox, stripe, 'k', 'name=a'), post(sandbox, stripe, 'k', 'name=a')])
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 409],
      )
      assert.equal(JSON.parse(String(answers[1]?.body)).error.code, 'idempotency_key_in_use')
    },
  },
  {
    promise: 'a key is free again after a day',
    page: requests,
    async check(stripe, sandbox) {
      const first = await stripe.customers.create({ name: 'a' }, { idempotencyKey: 'k' })
      sandbox.advance(day + 1)
      const second = await stripe.customers.create({ name: 'b' }, { idempotencyKey: 'k' })
      assert.notEqual(second.id, first.id)
    },
  },
  {
    promise: 'a request that was refused for its parameters leaves its key free',
    page: requests,
    async check(stripe) {
      await refusal(stripe.customers.create({ email: 7 as never, balance: 'x' as never }, { idempotencyKey: 'k' }))
      assert.equal((await stripe.customers.create({ name: 'a' }, { idempotencyKey: 'k' })).name, 'a')
    },
  },
  {
    promise: 'a decline is given again under its key like any answer',
    page: requests,
    async check(stripe) {
      const pay = () =>
        stripe.paymentIntents.create(
          { amount: 900, currency: 'usd', payment_method: 'pm_card_visa_chargeDeclined', confirm: true },
          { idempotencyKey: 'k' },
        )
      const [first, second] = [await refusal(pay()), await refusal(pay())]
      assert.deepEqual([first.statusCode, second.statusCode], [402, 402])
      assert.equal(first.payment_intent?.id, second.payment_intent?.id)
    },
  },
  {
    promise: 'keys have at most 255 characters',
    page: requests,
    async check(stripe) {
      const error = await refusal(stripe.customers.create({}, { idempotencyKey: 'k'.repeat(256) }))
      assert.equal(error.statusCode, 400)
      assert.ok(await stripe.customers.create({}, { idempotencyKey: 'k'.repeat(255) }))
    },
  },
  {
    promise: 'accounts do not share keys',
    page: requests,
    async check(stripe, sandbox) {
      const first = await stripe.customers.create({}, { idempotencyKey: 'k' })
      const second = await sandbox.client().customers.create({}, { idempotencyKey: 'k' })
      assert.notEqual(second.id, first.id)
    },
  },
]

const expansion: Behaviour[] = [
  {
    promise: 'more than four levels are refused',
    page: 'expand#levels',
    async check(stripe) {
      const { id } = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' })
      const error = await refusal(stripe.paymentIntents.retrieve(id, { expand: ['a.b.c.d.e'] }))
      assert.match(error.message, /more than 4 levels/)
    },
  },
  {
    promise: 'what cannot be expanded is refused by its name',
    page: 'expand',
    async check(stripe) {
      const { id } = await stripe.customers.create({})
      assert.match((await refusal(stripe.customers.retrieve(id, { expand: ['email'] }))).message, /\(email\)/)
    },
  },
  {
    promise: 'fields of the items of a list are expanded behind data',
    page: 'expand#lists',
    async check(stripe) {
      const { id: customer } = await stripe.customers.create({ name: 'Ann' })
      await stripe.paymentIntents.create({ amount: 900, currency: 'usd', customer })
      const { data } = await stripe.paymentIntents.list({ expand: ['data.customer'] })
      assert.equal((data[0]!.customer as Stripe.Customer).name, 'Ann')
    },
  },
  {
    promise: 'expanding goes through several levels at once',
    page: 'expand#multiple-levels',
    async check(stripe) {
      const { id: customer } = await stripe.customers.create({ name: 'Ann' })
      const { id } = await stripe.paymentIntents.create({
        ...{ amount: 900, currency: 'usd', customer, payment_method: 'pm_card_visa', confirm: true },
        return_url: 'https://shop.example/back',
      })
      const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge.customer'] })
      assert.equal(((intent.latest_charge as Stripe.Charge).customer as Stripe.Customer).name, 'Ann')
    },
  },
  {
    promise: 'what is created can be expanded in the same answer',
    page: 'api/expanding_objects',
    async check(stripe) {
      const { id: customer } = await stripe.customers.create({ name: 'Ann' })
      const made = await stripe.paymentIntents.create({ amount: 900, currency: 'usd', customer, expand: ['customer'] })
      assert.equal((made.customer as Stripe.Customer).name, 'Ann')
    },
  },
]

const pages: Behaviour[] = [
  {
    promise: 'lists are newest first, and starting_after goes on behind an object',
    page: paging,
    async check(stripe) {
      const [a, , c] = await three(stripe)
      assert.equal(namesOf(await stripe.customers.list()), 'cba')
      assert.equal(namesOf(await stripe.customers.list({ starting_after: c as string })), 'ba')
      assert.equal(namesOf(await stripe.customers.list({ starting_after: a as string })), '')
    },
  },
  {
    promise: 'ending_before gives the page just before an object',
    page: paging,
    async check(stripe) {
      const [a] = await three(stripe)
      const page = await stripe.customers.list({ ending_before: a as string, limit: 1 })
      assert.deepEqual([namesOf(page), page.has_more], ['b', true])
    },
  },
  {
    promise: 'has_more is true only while there is another page',
    page: paging,
    async check(stripe) {
      await three(stripe)
      const more = async (limit: number) => (await stripe.customers.list({ limit })).has_more
      assert.deepEqual([await more(2), await more(3), await more(4)], [true, false, false])
    },
  },
  ...rows([0, 101], (limit) => ({
    promise: `a page cannot have ${limit} objects`,
    page: paging,
    async check(stripe) {
      const error = await refusal(stripe.customers.list({ limit }))
      assert.deepEqual([error.param, error.code], ['limit', 'parameter_invalid_integer'])
    },
  })),
  {
    promise: 'a cursor that is no object is refused by its parameter',
    page: paging,
    async check(stripe) {
      const error = await refusal(stripe.customers.list({ starting_after: 'cus_none' }))
      assert.deepEqual([error.param, error.code], ['starting_after', 'resource_missing'])
    },
  },
  {
    promise: 'the client walks through all pages in both directions',
    page: 'api/pagination/auto',
    async check(stripe) {
      const [a, , c] = await three(stripe)
      const walk = async (params: Stripe.CustomerListParams) => {
        let names = ''
        for await (const { name } of stripe.customers.list({ limit: 1, ...params })) names += name
        return names
      }
      assert.deepEqual([await walk({}), await walk({ ending_before: a as string })], ['cba', 'bc'])
      assert.equal(await walk({ starting_after: c as string }), 'ba')
    },
  },
  {
    promise: 'created narrows a list by time',
    page: 'api/customers/list',
    async check(stripe, sandbox) {
      const { created } = await stripe.customers.create({ name: 'a' })
      sandbox.advance(60)
      await stripe.customers.create({ name: 'b' })
      const named = async (range: Stripe.RangeQueryParam) => namesOf(await stripe.customers.list({ created: range }))
      assert.deepEqual([await named({ gt: created }), await named({ gte: created })], ['b', 'ba'])
      assert.deepEqual([await named({ lte: created }), await named({ lt: created })], ['a', ''])
    },
  },
]

const queries: readonly (readonly [query: string, names: string, promise: string])[] = [
  ['name:"Ann"', 'a', 'a text is matched whole and whatever its case'],
  ['name~"nn"', 'a', 'a tilde finds part of a text'],
  ['-name:"Ann"', 'b', 'a minus finds what does not match'],
  ['name:"Ann" OR name:"Bob"', 'ba', 'OR joins clauses'],
  ['email:"ann@example.com" AND name:"Ann"', 'a', 'AND joins clauses'],
  ['metadata["seat"]:"4"', 'b', 'metadata is searched by its key'],
  ['-metadata["seat"]:null', 'b', 'null stands for metadata that is not there: with a minus, what has it is found'],
  ['created>0', 'ba', 'numbers are compared'],
]

const search: Behaviour[] = [
  ...rows(queries, ([query, names, promise]) => ({
    promise,
    page: `${searching}#search-query-language`,
    async check(stripe) {
      await stripe.customers.create({ name: 'ann', email: 'ann@example.com', description: 'a' })
      await stripe.customers.create({ name: 'bob', metadata: { seat: '4' }, description: 'b' })
      const { data } = await stripe.customers.search({ query })
      assert.equal(data.map(({ description }) => description).join(''), names)
    },
  })),
  ...rows(['name:', 'name', 'name:"a" AND name:"b" OR name:"c"'], (query) => ({
    promise: `the query ${query} is refused`,
    page: searching,
    async check(stripe) {
      assert.equal((await refusal(stripe.customers.search({ query }))).statusCode, 400)
    },
  })),
  {
    promise: 'results go on with the token of the page before',
    page: 'api/pagination/search',
    async check(stripe) {
      await three(stripe)
      const first = await stripe.customers.search({ query: 'created>0', limit: 2 })
      const rest = await stripe.customers.search({ query: 'created>0', limit: 2, page: first.next_page as string })
      assert.deepEqual([namesOf(first), first.has_more, namesOf(rest), rest.has_more], ['cb', true, 'a', false])
    },
  },
]

const previous = async (stripe: Stripe, type: string) =>
  (await stripe.events.list({ type })).data[0]?.data.previous_attributes

const events: Behaviour[] = [
  {
    promise: 'an update tells the old values of what changed and nothing else',
    page: 'api/events/object#event_object-data-previous_attributes',
    async check(stripe) {
      const { id } = await stripe.customers.create({ name: 'a', email: 'a@example.com' })
      await stripe.customers.update(id, { name: 'b', email: 'a@example.com' })
      assert.deepEqual(await previous(stripe, 'customer.updated'), { name: 'a' })
    },
  },
  {
    promise: 'metadata that is new was null before, and what is gone was what it was',
    page: 'api/events/object#event_object-data-previous_attributes',
    async check(stripe) {
      const { id } = await stripe.customers.create({ metadata: { old: '1', kept: '2' } })
      await stripe.customers.update(id, { metadata: { old: '', made: '3' } })
      assert.deepEqual(await previous(stripe, 'customer.updated'), { metadata: { old: '1', made: null } })
    },
  },
  {
    promise: 'an update that changes nothing makes no event',
    page: 'api/events/types#event_types-customer.updated',
    async check(stripe) {
      const { id } = await stripe.customers.create({ name: 'a' })
      await stripe.customers.update(id, { name: 'a' })
      assert.equal((await stripe.events.list({ type: 'customer.updated' })).data.length, 0)
    },
  },
  {
    promise: 'an event has the object as it was then',
    page: 'api/events/object#event_object-data-object',
    async check(stripe) {
      const { id } = await stripe.customers.create({ name: 'a' })
      await stripe.customers.update(id, { name: 'b' })
      const [made] = (await stripe.events.list({ type: 'customer.created' })).data
      assert.equal((made!.data.object as Stripe.Customer).name, 'a')
    },
  },
  {
    promise: 'events are found by a type with a star',
    page: 'api/events/list',
    async check(stripe) {
      const { id } = await stripe.customers.create({})
      await stripe.customers.del(id)
      await stripe.products.create({ name: 'Pro' })
      const types = (await stripe.events.list({ type: 'customer.*' })).data.map(({ type }) => type)
      assert.deepEqual(types, ['customer.deleted', 'customer.created'])
    },
  },
]

await checkBehaviours([...idempotency, ...expansion, ...pages, ...search, ...events])

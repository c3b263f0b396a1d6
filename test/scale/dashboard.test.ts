import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Board, startBoard } from '../sandbox/dashboard/board.ts'

/** A page is made in some 5 to 60 ms; this leaves room for a machine that is busy with other tests. */
const boundMs = 1_500
const objects = 100_000

let board: Board
let middle = ''
before(async () => {
  board = await startBoard()
  await board.stripe.customers.create({ email: 'first@example.com' })
  const account = [...board.sandbox.server.accounts.all()].find(({ store }) => store.journal.total > 0)!
  const { customer, event } = {
    customer: account.store.table('customer'),
    event: account.store.table('event'),
  }
  const [oldCustomer, oldEvent] = [[...customer.all()][0]!, [...event.all()][0]!]
  for (let index = 0; index < objects; index++) {
    customer.put({ ...oldCustomer, id: `cus_many${index}`, email: `many${index}@example.com` })
    event.put({ ...oldEvent, id: `evt_many${index}` })
  }
  middle = `cus_many${objects / 2}`
})
after(() => board.close())

test('with 100,000 objects and as many events every page is small and quick', async () => {
  const paths = [
    '/',
    '/objects',
    '/objects/customer',
    `/objects/customer?after=${middle}`,
    `/objects/customer/${middle}`,
    '/objects?q=many77777@',
    '/events',
    '/events?type=nothing.such',
    `/events?after=evt_many${objects / 2}`,
  ]
  for (const path of paths) {
    const startedAt = performance.now()
    const { status, text } = await board.get(path)
    const tookMs = Math.round(performance.now() - startedAt)
    assert.equal(status, 200, path)
    assert.ok(text.length < 60_000, `${path} has ${text.length} characters`)
    assert.ok(tookMs < boundMs, `${path} took ${tookMs} ms`)
  }
})

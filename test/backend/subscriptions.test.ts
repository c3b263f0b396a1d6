import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isNews } from '../../src/backend/subscriptions/news.ts'
import { createStory, permutations, send } from './events.ts'
import { type Bench, startBackend } from './support.ts'

type Story = ReturnType<typeof createStory>

async function stateOf({ app }: Bench, { user }: Story) {
  const row = (await app.inject(`/users/${user}`)).json()
  const { cards } = (await app.inject(`/users/${user}/cards`)).json()
  const active = cards.filter(({ revoked }: { revoked: boolean }) => !revoked).length
  return [row.isSubscribed, row.plan, row.plan_monthly_cap, row.subscriptionStatus, active]
}

test('whatever order created, updated, paid and deleted arrive in, a deleted subscription stays deleted', async (t) => {
  const bench = await startBackend(t)
  const events = (story: Story) => [
    story.subscription('created', 'incomplete', 100),
    story.subscription('updated', 'active', 101),
    story.invoicePaid(101),
    story.subscription('deleted', 'canceled', 200),
  ]
  for (let order = 0; order < 24; order++) {
    const story = createStory()
    for (const event of permutations(events(story))[order] as object[]) await send(bench, event)
    assert.deepEqual(await stateOf(bench, story), [false, 'free', 5, 'canceled', 0])
  }
})

test('of two events of one second the later kind wins, in both orders', async (t) => {
  const bench = await startBackend(t)
  for (const order of [0, 1]) {
    const story = createStory()
    const events = [story.subscription('created', 'incomplete', 100), story.subscription('updated', 'active', 100)]
    for (const event of order ? events.reverse() : events) await send(bench, event)
    assert.deepEqual(await stateOf(bench, story), [true, 'club', null, 'active', 5])
  }
})

test('a late payment keeps the subscription, an unpaid one takes it', async (t) => {
  const bench = await startBackend(t)
  const story = createStory()
  await send(bench, story.subscription('created', 'active', 100))
  await send(bench, story.subscription('updated', 'past_due', 200))
  assert.deepEqual(await stateOf(bench, story), [true, 'club', null, 'past_due', 5])
  await send(bench, story.subscription('updated', 'unpaid', 300))
  assert.deepEqual(await stateOf(bench, story), [false, 'free', 5, 'unpaid', 0])
})

test('the provider is asked, and its answer wins over the event', async (t) => {
  const answers = { status: 'canceled', cancelAtPeriodEnd: false }
  const stripeApi = { fetchSubscription: async () => answers } as never
  const bench = await startBackend(t, { stripeApi })
  const story = createStory()
  await send(bench, story.subscription('updated', 'active', 100))
  assert.deepEqual(await stateOf(bench, story), [false, 'free', 5, 'canceled', 0])
})

test('a provider that does not answer holds nobody up: the event counts until it does', async (t) => {
  let isDown = true
  const fetchSubscription = async () => {
    if (isDown) throw new Error('no answer')
    return { status: 'past_due', cancelAtPeriodEnd: true }
  }
  const bench = await startBackend(t, { stripeApi: { fetchSubscription } as never })
  const story = createStory()
  assert.equal((await send(bench, story.subscription('created', 'active', 100))).status, 200)
  assert.equal((await stateOf(bench, story))[3], 'active')
  isDown = false
  await send(bench, story.invoicePaid(101))
  assert.equal((await stateOf(bench, story))[3], 'past_due')
})

test('an end is for ever', () => {
  const ended = { status: 'canceled', saidAt: 1, rank: 0 }
  assert.equal(isNews(ended, { status: 'active', saidAt: 9, rank: 9 }), false)
  assert.equal(isNews({ status: 'active', saidAt: 9, rank: 9 }, ended), true)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oneBurst, onePayment, permutations } from '../../../src/payments/explore/histories.ts'
import { pairsOf, randomHistory } from '../../../src/payments/explore/random-history.ts'
import { deliveriesOf, shrink, smallerHistories } from '../../../src/payments/explore/shrink.ts'
import { longStories } from '../../../src/payments/explore/stories.ts'
import type { History } from '../../../src/payments/history/define.ts'
import { seededRandom } from '../../../src/payments/run/random.ts'

const still = { budgetMs: 60_000, now: () => 0 }
const stories = longStories({ providers: ['stripe', 'paypal'], subscriptions: true })
const namesOf = ({ steps }: History) =>
  steps
    .flatMap((step) => (step.do === 'deliver' ? [step] : step.do === 'burst' ? step.events : []))
    .map(({ event }) => event)

test('a history shrinks to the two events that fail, in their order', async () => {
  const long = randomHistory({ random: seededRandom('7'), stories: [stories[0]!], faults: ['db-down'], kills: 2 })
  const fails = async (history: History) => {
    const names = namesOf(history)
    return names.includes('full') && names.lastIndexOf('cap') > names.indexOf('full')
  }
  const failing: History = {
    subjects: long.subjects,
    steps: [...long.steps, { do: 'deliver', subject: 'p1', event: 'cap' }],
  }

  const small = await shrink(failing, fails, still)

  assert.deepEqual(namesOf(small), ['full', 'cap'])
  assert.equal(Object.keys(small.subjects).length, 1)
})

test('a race shrinks to two at once', async () => {
  const isRace = async ({ steps }: History) => steps.some((step) => step.do === 'burst' && step.events.length >= 2)
  const small = await shrink(oneBurst('stripe', Array(8).fill('cap')), isRace, still)
  assert.equal(deliveriesOf(small), 2)
})

test('it stops when its time is over', async () => {
  let asked = 0
  const clock = { now: () => asked * 1_000, budgetMs: 3_000 }
  const history = onePayment('stripe', Array(12).fill('cap'))
  await shrink(history, async () => ++asked < 1_000, clock)
  assert.ok(asked <= 5)
})

test('every candidate is simpler, and none is empty', () => {
  for (let seed = 0; seed < 50; seed++) {
    const history = randomHistory({ random: seededRandom(`${seed}`), stories, faults: ['mail-down'], kills: 2 })
    const size = (each: History) => JSON.stringify(each).length
    for (const candidate of smallerHistories(history)) {
      assert.ok(deliveriesOf(candidate) <= deliveriesOf(history))
      assert.notEqual(size(candidate), 0)
    }
  }
})

test('the same seed gives the same histories, another seed others', () => {
  const some = (seed: string) => {
    const random = seededRandom(seed)
    return JSON.stringify(Array.from({ length: 20 }, () => randomHistory({ random, stories })))
  }
  assert.equal(some('1'), some('1'))
  assert.notEqual(some('1'), some('2'))
})

test('a random history delivers every event of its stories, five deliveries or more', () => {
  const random = seededRandom('3')
  for (let count = 0; count < 100; count++) {
    const history = randomHistory({ random, stories: [stories[0]!] })
    assert.ok(deliveriesOf(history) >= 5)
    for (const event of stories[0]!.events) assert.ok(namesOf(history).includes(event))
  }
})

test('pairs tell which event came before which, and which came at once', () => {
  assert.deepEqual(pairsOf(onePayment('stripe', ['cap', 'full'])), ['cap<full'])
  assert.deepEqual(pairsOf(oneBurst('stripe', ['cap', 'cs'])), ['cs=cap', 'cap=cs'])
})

test('there are six orders of three things', () => {
  assert.equal(new Set(permutations(['a', 'b', 'c']).map((order) => order.join(''))).size, 6)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { smallerRecord } from '../../../src/payments/explore/smaller-record.ts'
import type { History } from '../../../src/payments/history/define.ts'
import type { Failure, Rig } from '../../../src/payments/rig/define.ts'
import { red } from '../../../src/payments/verdict.ts'

const payment = { kind: 'payment', provider: 'stripe' } as const
const record: History = {
  subjects: { p1: payment, p2: payment, p3: payment },
  steps: ['p1', 'p2', 'p3'].flatMap((subject) => [
    { do: 'deliver', subject, event: 'cs' } as const,
    { do: 'deliver', subject, event: 'cap' } as const,
  ]),
}
const found = red('it was given twice', {
  want: '1',
  got: '2',
  harm: 'goods given more than once',
  failure: { subject: 'p2', kind: 'too-many' },
})

/** A rig on which playing a history does nothing but ask whether it fails. */
function rigWhere(fails: (history: History) => boolean): Rig {
  const failure: Failure = { subject: 'p2', kind: 'too-many', want: '1', got: '2', harm: 'goods given more than once' }
  const play = async (history: History) => ({ failures: fails(history) ? [failure] : [], timeline: [] })
  return { play, contract: { policy: { settleMs: 100 } }, lagMs: 20 } as unknown as Rig
}

test('of many buyers the one whose end was wrong is left, with the one event that it takes', async () => {
  const isGiven = ({ steps }: History) =>
    steps.some((step) => step.do === 'deliver' && step.subject === 'p2' && step.event === 'cap')

  const { history, verdict, harm } = await smallerRecord(rigWhere(isGiven), found, record)

  assert.deepEqual(history, { subjects: { p2: payment }, steps: [{ do: 'deliver', subject: 'p2', event: 'cap' }] })
  assert.equal(verdict, 'RED')
  assert.equal(harm, 'goods given more than once')
})

test('where one buyer alone does not show it, the others stay that it needs', async () => {
  const { history } = await smallerRecord(
    rigWhere(({ subjects }) => 'p2' in subjects && 'p3' in subjects),
    found,
    record,
  )
  assert.deepEqual(Object.keys(history?.subjects ?? {}), ['p2', 'p3'])
})

test('what never shows again keeps its record and stays what it was', async () => {
  const outcome = await smallerRecord(
    rigWhere(() => false),
    found,
    record,
  )
  assert.deepEqual(outcome, { ...found, history: record })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAnswers } from '../../../src/sandbox/dashboard/answers.ts'

const answer = (id: string, body: string | Uint8Array = 'x') => ({ status: 200, headers: { 'request-id': id }, body })

test('the latest answers are kept, the oldest make room', () => {
  const answers = createAnswers({ most: 2 })

  for (const id of ['req_1', 'req_2', 'req_3']) answers.add(answer(id))

  assert.deepEqual(
    ['req_1', 'req_2', 'req_3'].map((id) => answers.of(id)?.text),
    [undefined, 'x', 'x'],
  )
})

test('all of them together keep within a size, and each within one of its own', () => {
  const answers = createAnswers({ longest: 10, mostText: 25 })

  for (const id of ['req_1', 'req_2', 'req_3']) answers.add(answer(id, 'y'.repeat(40)))

  assert.equal(answers.of('req_1'), undefined)
  assert.deepEqual(answers.of('req_3'), { contentType: '', size: 40, text: 'y'.repeat(10) })
})

test('answers without a request id and bytes are no text', () => {
  const answers = createAnswers()

  answers.add({ status: 200, headers: {}, body: 'a page' })
  answers.add(answer('req_1', new Uint8Array(3)))

  assert.deepEqual(answers.of('req_1'), { contentType: '', size: 3 })
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Stripe from 'stripe'
import { createStripeServer, type StripeServer } from '../../src/stripe/server.ts'
import { type Called, driveAll } from './drive.ts'
import { assignment, prelude } from './literal.ts'
import { typeCheck } from './type-check.ts'

let server: StripeServer
let called: Called[]
const bugs: unknown[] = []

before(async () => {
  server = await createStripeServer({ seed: 'conformance', onBug: (error) => bugs.push(error), idempotencyWindowMs: 0 })
  const options = {
    host: '127.0.0.1',
    port: server.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  } as const
  called = await driveAll(new Stripe('sk_test_conformance', options), server)
})
after(() => server.close())

test('every method of the SDK gets an answer or one of Stripe’s own refusals', () => {
  const unexpected = called.filter(({ refusal }) => refusal && !(refusal.statusCode && refusal.statusCode < 500))

  assert.equal(called.length, 651)
  assert.deepEqual(bugs, [])
  assert.deepEqual(unexpected, [])
})

test('every method has a scenario in which it succeeds', () => {
  const refused = called.filter(({ refusal }) => refusal).map(({ method, refusal }) => `${method}: ${refusal?.message}`)

  assert.deepEqual(refused, [])
})

test('the TypeScript compiler takes every answer for what the SDK says it is, and refuses wrong ones', async () => {
  const answers = called.filter(({ answer }) => isTyped(answer))
  const texts = answers.map(({ answer, method }, index) => assignment(index, method, answer as object))
  const parts = 8
  const files: Record<string, string> = { 'wrong.ts': prelude + wrongAnswers() }
  for (let part = 0; part < parts; part++)
    files[`answers-${part}.ts`] = prelude + texts.filter((_, index) => index % parts === part).join('\n')

  const { 'wrong.ts': wrong = [], ...complaints } = await typeCheck(files)

  assert.deepEqual(Object.values(complaints).flat(), [])
  assert.deepEqual(
    wrong.filter((line) => /\): error /.test(line)).map((line) => /error (TS\d+)/.exec(line)?.[1]),
    ['TS2322', 'TS2322', 'TS2353', 'TS2322', 'TS2322'],
  )
})

/** A field missing, a field of another type, a field too many, null where none may be, and an object of another kind. */
function wrongAnswers(): string {
  const id = called.find(({ answer, method }) => method === 'customers.create' && answer)?.answer as Stripe.Customer
  const { livemode: _, ...incomplete } = id
  return [
    incomplete,
    { ...id, balance: '0' },
    { ...id, loyalty: 1 },
    { ...id, created: null },
    { ...id, object: 'charge' },
  ]
    .map((answer, index) => assignment(index, 'customers.create', answer))
    .join('\n')
}

/** Answers that are objects: not the bytes of a PDF, not the nothing of a meter event stream. */
const isTyped = (answer: object | undefined): boolean =>
  answer !== undefined && !('pipe' in answer) && Object.keys(answer).length > 0

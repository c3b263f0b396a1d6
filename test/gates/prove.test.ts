import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandCheck } from '../../src/checks/command.ts'
import type { CheckDefinition } from '../../src/checks/define.ts'
import { fileCheck } from '../../src/checks/file.ts'
import { httpCheck } from '../../src/checks/http.ts'
import { type Proof, withTwins } from '../../src/gates/prove.ts'
import { createBench } from '../support/check-context.ts'
import { startServer } from '../support/http-server.ts'
import { actor } from './workshop.ts'

const twinsOf = (proofs: Proof[]) =>
  proofs.flatMap(({ twins }) => twins.map(({ name, status }) => `${name}: ${status}`))

test('a check that cannot fail survives, and is told by its twin', async (t) => {
  const proofs: Proof[] = []
  const blind = withTwins(
    actor('blind', async () => ({ status: 'PASS' })),
    proofs,
  )
  const outcome = await blind.run({ do: 1 }, await createBench(t))
  assert.equal(outcome.status, 'PASS')
  assert.deepEqual(twinsOf(proofs), ['nothing there: PASS'])
})

test('a check that did not pass has no twins, and one that throws in a twin is red', async (t) => {
  const proofs: Proof[] = []
  const bench = await createBench(t)
  await withTwins(
    actor('red', async () => ({ status: 'FAIL', reason: 'no' })),
    proofs,
  ).run({ do: 1 }, bench)
  assert.deepEqual(proofs, [])
  const throwing = actor('throws', async (context) => {
    if (context.rootDir !== bench.rootDir) throw new Error('nothing here')
    return { status: 'PASS' }
  })
  await withTwins(throwing, proofs).run({ do: 1 }, bench)
  assert.deepEqual(twinsOf(proofs), ['nothing there: ERROR'])
})

test('an http check goes red without its server, with another status and with an empty answer', async (t) => {
  const url = await startServer(t, (_, response) => response.end('{"ok":true}'))
  const proofs: Proof[] = []
  const check = withTwins(httpCheck as CheckDefinition, proofs)
  const options = httpCheck.options.parse({ request: { url }, expect: { status: 200, json: { '$.ok': true } } })
  assert.equal((await check.run(options, await createBench(t))).status, 'PASS')
  assert.deepEqual(twinsOf(proofs), ['unreachable: ERROR', 'status 503: FAIL', 'empty answer: FAIL'])
})

test('a shell that hides how its program ended survives', async (t) => {
  const prove = async (shell: string) => {
    const proofs: Proof[] = []
    const options = commandCheck.options.parse({ run: { shell }, expect: { exit: 0 } })
    await withTwins(commandCheck as CheckDefinition, proofs).run(options, await createBench(t))
    return twinsOf(proofs)
  }
  assert.ok((await prove('ls / || true')).includes('programs missing: PASS'))
  assert.equal((await prove('ls / || ls /tmp')).includes('programs missing: PASS'), false)
})

test('a file that must be absent, and one with content, go red in the other world', async (t) => {
  const bench = await createBench(t)
  const prove = async (options: object) => {
    const proofs: Proof[] = []
    await withTwins(fileCheck as CheckDefinition, proofs).run(fileCheck.options.parse(options), bench)
    return twinsOf(proofs)
  }
  assert.deepEqual(await prove({ path: 'gone', expect: { absent: true } }), ['there after all: FAIL'])
})

// Runs a smoke test and the payments gate over every behaviour that was found in the wild, and writes docs/payments-as-found.md.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mutants } from '../src/backend/mutants/list.ts'
import { freePort } from '../src/kernel/free-port.ts'
import { type AsFound, renderAsFound } from '../src/payments/matrix/as-found-page.ts'
import { standingOf } from '../src/payments/matrix/define.ts'
import { writeReferenceContract } from '../src/payments/matrix/reference-contract.ts'
import { mutantRow } from '../src/payments/matrix/rows.ts'
import { runMatrixRow } from '../src/payments/matrix/run.ts'
import { runSimpleGate } from '../src/payments/matrix/simple-gate.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    results: { type: 'string', default: 'qa/payments-as-found.ndjson' },
    resume: { type: 'boolean', default: false },
    page: { type: 'string', default: 'docs/payments-as-found.md' },
  },
})

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
const { signal } = stop

async function lookAt(id: string): Promise<AsFound | undefined> {
  const mutant = await mutants[id]?.load()
  if (!mutant?.seen) return undefined
  const row = mutantRow(mutant)
  const { args, edit } = row
  const result = await runMatrixRow(row, { mode: 'default', seed: 1, namedOnly: true, env: process.env, signal })
  const dir = mkdtempSync(join(tmpdir(), 'gatekit-as-found-'))
  try {
    const contract = await writeReferenceContract({ dir, port: await freePort(2), args, edit })
    return { result, seen: mutant.seen, simple: await runSimpleGate({ contract, env: process.env, signal }) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const read = (): AsFound[] =>
  existsSync(values.results)
    ? readFileSync(values.results, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    : []

if (!values.resume) writeFileSync(values.results, '')
const known = new Set(read().map(({ result }) => result.id))
for (const id of Object.keys(mutants).filter((each) => !values.only || values.only.split(',').includes(each))) {
  if (known.has(id) || signal.aborted) continue
  const row = await lookAt(id)
  if (!row || signal.aborted) continue
  appendFileSync(values.results, `${JSON.stringify(row)}\n`)
  const failed = row.simple.filter(({ passed }) => !passed).map(({ name }) => name)
  console.log(`${id.padEnd(10)} smoke test: ${failed.join(', ') || 'green'} | payments gate: ${standingOf(row.result)}`)
}
if (!signal.aborted) writeFileSync(values.page, renderAsFound(read()))

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunRecord } from '../kernel/record.ts'
import { type Statement, statementOf, testResultType } from './statement.ts'

/** Beside `run.json`: what a signer of a run signs. */
export const runStatementName = 'run.intoto.json'

interface TestResult {
  result: 'PASSED' | 'WARNED' | 'FAILED'
  configuration: { name: string; digest: { sha256: string } }[]
  url?: string
  passedTests: string[]
  warnedTests: string[]
  failedTests: string[]
}

export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/**
 * A run as an in-toto test result (https://in-toto.io/attestation/test-result/v0.1): its subjects are the commit, the record of the run and the
 * results of each gate, which in turn hold the digests of their evidence. Gates whose results were withheld are no subjects.
 */
export async function runStatement(run: RunRecord, root: string, rootDir: string): Promise<Statement<TestResult>> {
  const record = await readFile(join(root, 'run.json'))
  const results = await Promise.all(
    run.gates.map(async ({ outDir }) => {
      const path = join(outDir, 'tests.json')
      const bytes = await readFile(join(rootDir, path)).catch(() => undefined)
      return bytes ? [{ name: path, digest: { sha256: sha256Hex(bytes) } }] : []
    }),
  )
  const subject = [
    ...(run.commit ? [{ name: 'commit', digest: { gitCommit: run.commit } }] : []),
    { name: 'run.json', digest: { sha256: sha256Hex(record) } },
    ...results.flat(),
  ]
  return statementOf(subject, testResultType, resultOf(run))
}

function resultOf(run: RunRecord): TestResult {
  const checks = run.gates.flatMap((gate) =>
    gate.checks.map(({ id, status, advisory, flaky }) => ({ name: `${gate.id}/${id}`, status, advisory, flaky })),
  )
  const isWarning = ({ status, advisory, flaky }: (typeof checks)[number]) =>
    status === 'WAIVED' || flaky || (advisory && status !== 'PASS')
  const warned = checks.filter(isWarning)
  const passed = checks.filter((check) => check.status === 'PASS' && !isWarning(check))
  const failed = checks.filter((check) => check.status !== 'PASS' && !isWarning(check))
  const names = (list: typeof checks) => list.map(({ name }) => name)
  return {
    result: run.status !== 'PASS' ? 'FAILED' : warned.length > 0 ? 'WARNED' : 'PASSED',
    configuration: [
      { name: 'gatekit.yaml', digest: { sha256: run.configSha256 } },
      { name: 'plan', digest: { sha256: run.planSha256 } },
    ],
    ...(run.host.runUrl && { url: run.host.runUrl }),
    passedTests: names(passed),
    warnedTests: names(warned),
    failedTests: names(failed),
  }
}

import { performance } from 'node:perf_hooks'
import { askCanary } from './cluster/own-cluster.ts'
import type { Scratch } from './engines/define.ts'
import type { DrillState } from './flow.ts'
import { findBaselines } from './manifest/baselines.ts'
import { check } from './proof/check.ts'
import type { EarlySums } from './proof/early-sums.ts'
import { probe } from './proof/probe.ts'
import { prove } from './proof/prove.ts'
import type { ProofRequest } from './proof/request.ts'
import type { BackupReading } from './reading/define.ts'
import { openStatements } from './reading/open-statements.ts'
import { comparedText } from './record.ts'
import { readPrevious } from './save-evidence.ts'

/** Proves one restored database: its content against the file, its soundness, and that the application can write. */
export async function proveDatabase(
  state: DrillState,
  scratch: Scratch,
  reading: BackupReading,
  { database, early }: { database?: string | undefined; early?: EarlySums | undefined },
): Promise<void> {
  const { options, phases, findings, evidence } = state
  const request: ProofRequest = {
    scratch,
    file: reading,
    reread: () =>
      openStatements(reading, {
        env: options.env,
        decrypt: options.decrypt,
        allow: options.allow,
        signal: options.signal,
        ...(database !== undefined && { database }),
      }),
    expectations: options.expectations,
    depth: options.depth,
    early,
    baselines: [],
    signal: options.signal,
    progress: (done, total) => options.onEvent({ kind: 'progress', name: 'prove', done, total, unit: 'rows' }),
  }
  state.answerMs = await firstAnswer(scratch)
  const proven = await phases.run('prove', async (note) => {
    const found = await prove(request)
    if (found.tables.length > 0) note(comparedText(found.tables))
    return found
  })
  state.proven = proven
  evidence.tables.push(...proven.tables)
  evidence.rows += proven.tables.reduce((sum, table) => sum + (table.restored?.rows ?? table.rows), 0)
  findings.push(...proven.findings)
  await scratch.canary()
  await phases.run('check', async (note) => {
    const previous = await readPrevious(options, proven.inventory)
    const found = await findBaselines(reading, options.sourceUrl, options)
    findings.push(...found.findings)
    const baselines = [...found.baselines, ...(previous ? [previous] : [])]
    const checked = await check({ ...request, baselines }, proven)
    findings.push(...checked.findings)
    if (evidence.backup) Object.assign(evidence.backup.clocks, checked.clocks)
    for (const [name, count] of Object.entries(checked.checks))
      evidence.checks[name] = (evidence.checks[name] ?? 0) + count
    note(
      Object.entries(checked.checks)
        .map(([name, count]) => `${count} ${name}`)
        .join(', '),
    )
  })
  await phases.run('probe', async (note) => {
    const probed = await probe(request, proven.inventory)
    findings.push(...probed.findings)
    evidence.checks.writeProbes = (evidence.checks.writeProbes ?? 0) + probed.tables
    note(`${probed.tables} tables${probed.role ? ` as ${probed.role}` : ''}, rolled back`)
  })
  await scratch.canary()
}

/** Milliseconds that an application waits for its first answer of the restored database: the login and one question. */
async function firstAnswer(scratch: Scratch): Promise<number> {
  const started = performance.now()
  await askCanary(scratch.owner)
  return Math.round(performance.now() - started)
}

import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DrillStop } from '../../../src/drill/findings.ts'
import type { DrillState } from '../../../src/drill/flow.ts'
import type { Lease } from '../../../src/drill/lease/lease.ts'
import { stateFolder } from '../../../src/drill/lease/state-folder.ts'
import type { DrillOptions } from '../../../src/drill/options.ts'
import { createPhases } from '../../../src/drill/phases.ts'
import { expectationsSchema } from '../../../src/drill/proof/expectations.ts'
import type { BackupReading } from '../../../src/drill/reading/define.ts'
import { emptyReading } from '../../../src/drill/reading/empty-reading.ts'
import { drillSystem } from '../../../src/drill/systems/drill.ts'
import { systemClock } from '../../../src/kernel/clock.ts'
import { createSecrets } from '../../../src/kernel/secrets.ts'

export interface Drilled {
  wrong: string[]
  remarks: string[]
  state: DrillState
}

/** Drills one file with one of the systems, as the flow does after it has read it. */
export async function drillFile(
  path: string,
  reading: Partial<BackupReading> & Pick<BackupReading, 'engine' | 'format'>,
  expectations: unknown = {},
  depth: 'fast' | 'full' = 'full',
): Promise<Drilled> {
  const options: DrillOptions = {
    rootDir: tmpdir(),
    env: process.env,
    clock: systemClock,
    signal: new AbortController().signal,
    secrets: createSecrets(),
    tool: 'test',
    select: { backup: path, order: 'name', checksum: 'when-present', stableMs: 0 },
    decrypt: {},
    allow: [],
    engine: 'auto',
    depth,
    timeoutMs: 60_000,
    statementTimeoutMs: 30_000,
    expectations: expectationsSchema.parse(expectations),
    recovery: { inclusive: true, superuser: 'postgres' },
    onEvent: () => {},
  }
  const state: DrillState = {
    drillId: `test_${Math.random().toString(36).slice(2)}`,
    options,
    phases: createPhases(
      systemClock,
      () => performance.now(),
      () => {},
    ),
    findings: [],
    evidence: { tables: [], rows: 0, roles: [], extensions: [], largeObjects: 0, checks: {}, swept: [] },
    answerMs: 0,
  }
  const lease: Lease = {
    folder: await stateFolder(),
    leave: async () => {},
    forget: async () => {},
    keep: async () => {},
    traces: () => [],
    soil: () => {},
    isClean: () => true,
  }
  try {
    await drillSystem(state, lease, { ...emptyReading(path), sha256: '0'.repeat(64), ...reading })
  } catch (error) {
    if (!(error instanceof DrillStop)) throw error
    state.findings.push(error.finding)
  }
  const show = (is: (exit: number) => boolean) =>
    state.findings.filter(({ exit }) => is(exit)).map(({ code, object }) => `${code} ${object ?? ''}`.trim())
  return { wrong: show((exit) => exit > 0), remarks: show((exit) => exit === 0), state }
}

/** An own folder that is removed when the tests of the file are over. */
export async function ownFolder(): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-system-'))
  // A server that runs as another account must be able to pass through it.
  await chmod(dir, 0o711)
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

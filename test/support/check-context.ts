import { createHash } from 'node:crypto'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { z } from 'zod'
import type { CheckContext, CheckDefinition, Outcome } from '../../src/checks/define.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { createSecrets } from '../../src/kernel/secrets.ts'

export interface Bench extends CheckContext {
  /** What the check kept, by the name it gave. */
  kept: Map<string, string>
  /** Set these to give the check environment variables. */
  values: Record<string, string>
}

/** A world for one check: a folder of its own, removed with the test, and nothing in its environment. */
export async function createBench(t: TestContext, overrides: Partial<CheckContext> = {}): Promise<Bench> {
  const rootDir = await realpath(await mkdtemp(join(tmpdir(), 'gatekit-check-')))
  t.after(() => rm(rootDir, { recursive: true, force: true }))
  const values: Record<string, string> = {}
  const kept = new Map<string, string>()
  return {
    id: 'gate/check',
    environment: { name: 'dev', mode: 'test' },
    rootDir,
    runStart: Date.now(),
    clock: systemClock,
    signal: new AbortController().signal,
    variable: (name) => values[name] || undefined,
    variables: () => ({ PATH: process.env.PATH ?? '', ...values }),
    secrets: createSecrets(),
    async evidence(name, content) {
      kept.set(name, Buffer.from(content).toString())
      return {
        path: `evidence/${name}`,
        sha256: createHash('sha256').update(content).digest('hex'),
        bytes: content.length,
      }
    },
    git: { authors: [] },
    signers: {},
    embeddedDatabase: () => undefined,
    offline: false,
    progress() {},
    kept,
    values,
    ...overrides,
  }
}

/** Reads the options as a gate file would give them and runs the check. */
export function runCheck<Schema extends z.ZodType>(
  definition: CheckDefinition<Schema>,
  options: z.input<Schema>,
  context: CheckContext,
): Promise<Outcome> {
  return definition.run(definition.options.parse(options), context)
}

/** `subject: expected -> actual` of every finding: short to compare. */
export const findingsOf = ({ findings = [] }: Outcome): string[] =>
  findings.map(({ subject, expected, actual }) => `${subject}: ${expected} -> ${actual}`)

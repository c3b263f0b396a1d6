import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { z } from 'zod'
import { type CheckContext, type CheckDefinition, defineCheck, type Outcome } from '../../src/checks/define.ts'
import type { RunContext, RunOptions } from '../../src/gates/context.ts'
import { selectEnvironment } from '../../src/gates/environment.ts'
import { loadProject } from '../../src/gates/load.ts'
import { planRun } from '../../src/gates/plan.ts'
import type { CheckRegistry, Project } from '../../src/gates/project.ts'
import { runGates } from '../../src/gates/run.ts'
import type { Scheduler } from '../../src/gates/scheduler.ts'
import type { Selection } from '../../src/gates/select.ts'
import { createManualClock, type ManualClock } from '../../src/kernel/clock.ts'
import { GatekitError, type Problem } from '../../src/kernel/errors.ts'
import type { RunRecord } from '../../src/kernel/record.ts'
import { createSecrets, type Secrets } from '../../src/kernel/secrets.ts'

/** A folder with files, removed after the test. */
export async function makeFolder(t: TestContext, files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-gates-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  return dir
}

const status = z.enum(['PASS', 'FAIL', 'ERROR', 'NO_DATA', 'STALE'])

const sayOptions = z.strictObject({
  says: z.union([status, z.array(status)]),
  reason: z.string().optional(),
  cause: z.enum(['connect', 'timeout', 'http-5xx', 'other']).optional(),
  retryAfter: z.number().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  exports: z.record(z.string(), z.unknown()).optional(),
  evidence: z.string().optional(),
  number: z.number().optional(),
})

/** A check that says what its options tell it to; a list is one status per attempt. */
const say = defineCheck({
  type: 'say',
  summary: 'says what it is told',
  options: sayOptions,
  example: { says: 'PASS' },
  async run(options, context): Promise<Outcome> {
    if (options.evidence) await context.evidence('said.txt', options.evidence)
    const { says, reason, cause, retryAfter, details, exports } = options
    const list = Array.isArray(says) ? says : [says]
    const mine = turns.get(context.secrets) ?? new Map<string, number>()
    const turn = mine.get(context.id) ?? 0
    turns.set(context.secrets, mine.set(context.id, turn + 1))
    const found = list[Math.min(turn, list.length - 1)]!
    return {
      status: found,
      ...(reason && found !== 'PASS' && { reason }),
      ...(cause && { cause }),
      ...(retryAfter && { retryAfterMs: retryAfter }),
      details: details ?? {},
      exports: exports ?? {},
    }
  },
})
/** How often each check was asked, per run. */
const turns = new WeakMap<Secrets, Map<string, number>>()

type Act = (context: CheckContext, options: Record<string, unknown>) => Promise<Outcome>

/** A check type made of one function, with free options. */
export const actor = (type: string, run: Act, extra: Partial<CheckDefinition> = {}): CheckDefinition => ({
  type,
  summary: type,
  options: z.looseObject({ do: z.unknown() }),
  example: { do: 1 },
  run: (options, context) => run(context, options as Record<string, unknown>),
  ...extra,
})

export const registryOf = (...definitions: CheckDefinition[]): CheckRegistry =>
  Object.fromEntries(
    [say as CheckDefinition, ...definitions].map((each) => [
      each.type,
      { summary: each.summary, load: async () => each },
    ]),
  )

export const load = (dir: string, ...definitions: CheckDefinition[]): Promise<Project> =>
  loadProject({ cwd: dir, registry: registryOf(...definitions) })

/** The problems of what must not load, as `title @ file:line:column`. */
export async function problemsOf(work: Promise<unknown>): Promise<Problem[] & { lines: string[]; exitCode: number }> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof GatekitError)) throw error
    const lines = error.problems.map(({ title, place }) => `${title} @ ${place?.file}:${place?.line}:${place?.column}`)
    return Object.assign([...error.problems], { lines, exitCode: error.exitCode })
  }
  throw new Error('it loaded, and should not have')
}

export interface TestScheduler extends Scheduler {
  waits: number[]
  /** Fires every timer of at most so many milliseconds that is set now. */
  fire(ms: number): void
}

/** Time by hand; waits of up to `instant` milliseconds are over at once. */
export function createTestScheduler(instant = 0): TestScheduler {
  const timers = new Set<{ ms: number; action: () => void }>()
  const waits: number[] = []
  return {
    waits,
    after(ms, action) {
      const timer = { ms, action }
      waits.push(ms)
      timers.add(timer)
      if (ms <= instant) setImmediate(() => timers.delete(timer) && action())
      return () => timers.delete(timer)
    },
    fire(ms) {
      for (const timer of [...timers].filter((each) => each.ms <= ms)) if (timers.delete(timer)) timer.action()
    },
  }
}

export interface RunSetup {
  definitions?: CheckDefinition[]
  selection?: Selection
  env?: string
  baseUrl?: string
  context?: Partial<RunContext>
  options?: Partial<RunOptions>
  clock?: ManualClock
}

/** Loads, plans and runs what is in a folder, in a world that stands still. */
export async function run(dir: string, setup: RunSetup = {}): Promise<RunRecord> {
  const project = await load(dir, ...(setup.definitions ?? []))
  const context: RunContext = {
    variables: {},
    secrets: createSecrets(),
    flags: [],
    git: {},
    command: 'gatekit run',
    ...setup.context,
  }
  const { env, baseUrl } = setup
  const environment = selectEnvironment(project, { ...(env && { name: env }), ...(baseUrl && { baseUrl }) })
  const plan = planRun({
    project,
    environment,
    git: context.git,
    flags: context.flags,
    selection: setup.selection ?? {},
  })
  const clock = setup.clock ?? createManualClock()
  return runGates({
    project,
    plan,
    context,
    clock,
    scheduler: createTestScheduler(),
    random: () => 0.5,
    ...setup.options,
  })
}

/** A project with one gate `g`. */
export const oneGate = (checks: string, more = ''): Record<string, string> => ({
  'gatekit.yaml': `version: 1\nproject: p\ngates:\n  - id: g\n    checks:\n${checks
    .trim()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')}\n${more}`,
})

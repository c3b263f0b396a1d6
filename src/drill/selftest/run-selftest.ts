import { cp, mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { DrillOptions } from '../options.ts'
import { readBackup } from '../reading/read-backup.ts'
import type { DrillRecord } from '../record.ts'
import { isRenderable, makeBadCopy, maxCopyBytes, type Original, originalOf, writeRendering } from './bad-copies.ts'
import { fileMutations, textMutations } from './bytes-mutations.ts'
import { contentMutations } from './content-mutations.ts'
import type { AnyMutation, SelftestRecord, Verdict } from './define.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

export interface SelftestEvents {
  /** Before each bad copy: how many are done, of how many. */
  copy(mutation: { title: string }, done: number, total: number): void
}

/** `runDrill`, given so that the flow and its selftest do not know each other. */
export type Drill = (options: DrillOptions) => Promise<DrillRecord>

/** What all bad copies of one backup have in common. */
interface Work {
  options: DrillOptions
  drill: Drill
  workshop: Workshop
  original: Original
  /** Evidence of a drill that passed, as a weekly drill would have from last week. */
  before: string
}

/**
 * Makes bad copies of the backup that the configuration chooses, each bad in one way, and runs the same drill on every one of them. The
 * backup is only read. A drill of the untouched backup comes first: without its PASS no verdict means anything.
 */
export async function runSelftest(
  options: DrillOptions,
  drill: Drill,
  events: SelftestEvents,
): Promise<SelftestRecord> {
  const begin = performance.now()
  const control = await drill({ ...options, evidence: undefined })
  const path = control.evidence.backup?.realPath ?? control.evidence.backup?.path ?? ''
  const started: SelftestRecord = {
    schema: 'drill-selftest/1',
    backup: { path, sha256: control.evidence.backup?.sha256 ?? '' },
    control: { status: control.status, reason: control.reason, ...(control.code && { code: control.code }) },
    verdicts: [],
    caught: 0,
    judged: 0,
    durationMs: 0,
    exitCode: control.exitCode,
  }
  const verdicts = control.exitCode === 0 ? await judgeCopies(path, options, drill, events) : []
  const record = control.exitCode === 0 ? summed(started, verdicts) : started
  return { ...record, durationMs: Math.round(performance.now() - begin) }
}

async function judgeCopies(
  path: string,
  options: DrillOptions,
  drill: Drill,
  events: SelftestEvents,
): Promise<Verdict[]> {
  const { env, decrypt, allow, signal } = options
  const open = { env, decrypt, allow, signal }
  const reading = await readBackup(path, open)
  const workshop = await openWorkshop(options, reading)
  try {
    const original = await originalOf(reading, open)
    const work: Work = { options, drill, workshop, original, before: join(workshop.dir, 'evidence') }
    const mutations = await mutationsOf(work)
    return await inLanes(work, mutations, events)
  } finally {
    await workshop.close()
  }
}

/** Those that can be made of this backup. Of its content only where its own plain rendering passes as it does. */
async function mutationsOf(work: Work): Promise<AnyMutation[]> {
  const { original, workshop, options, drill, before } = work
  const { reading } = original
  const mutations: AnyMutation[] = [...fileMutations]
  if (isRenderable(reading) && reading.plainBytes < maxCopyBytes) {
    original.rendering = await writeRendering(original, join(workshop.dir, 'good'))
    const rendered = await drill(await optionsFor({ options, workshop }, original.rendering, before, 0))
    if (rendered.exitCode === 0) mutations.push(...textMutations, ...contentMutations(reading))
  }
  return (await stat(reading.path)).isDirectory() && !original.rendering ? [] : mutations
}

/** Verdicts in the order of the mutations, however many are judged at once; after Ctrl-C no more are begun. */
async function inLanes(work: Work, mutations: readonly AnyMutation[], events: SelftestEvents): Promise<Verdict[]> {
  const queue = [...mutations.entries()]
  const verdicts: (Verdict | undefined)[] = []
  let done = 0
  const lane = async (number: number): Promise<void> => {
    for (let next = queue.shift(); next && !work.options.signal.aborted; next = queue.shift()) {
      const [index, mutation] = next
      events.copy(mutation, done, mutations.length)
      verdicts[index] = await judge(work, mutation, number)
      done++
    }
  }
  await Promise.all(Array.from({ length: work.workshop.lanes }, (_, number) => lane(number)))
  return verdicts.filter((verdict) => verdict !== undefined)
}

async function judge(work: Work, mutation: AnyMutation, lane: number): Promise<Verdict> {
  const begin = performance.now()
  const dir = join(work.workshop.dir, mutation.id)
  const { id, title, catches } = mutation
  const verdict = (
    outcome: Verdict['outcome'],
    { code, stage }: Pick<DrillRecord, 'code' | 'stage'> = {},
  ): Verdict => ({
    id,
    title,
    outcome,
    ...(code !== undefined && { code }),
    ...(stage !== undefined && { stage }),
    ...(outcome === 'survived' && {
      wouldCatch: catches ?? 'every drill should: this is a fault of gatekit, please report it',
    }),
    always: catches === undefined,
    durationMs: Math.round(performance.now() - begin),
  })
  try {
    const path = await makeBadCopy(work.original, mutation, dir)
    if (path === undefined) return verdict('does not apply')
    const evidence = join(dir, 'evidence')
    await cp(work.before, evidence, { recursive: true }).catch(() => undefined)
    const record = await work.drill(await optionsFor(work, path, evidence, lane))
    if (record.exitCode === 0) return verdict('survived')
    return verdict(record.exitCode === 3 ? 'undecided' : 'caught', record)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** The user's own drill, of another file; what it leaves goes into a folder of the selftest. Drills of one root exclude each other. */
async function optionsFor(
  { options, workshop }: Pick<Work, 'options' | 'workshop'>,
  backup: string,
  evidenceDir: string,
  lane: number,
): Promise<DrillOptions> {
  const { dir: _, ...select } = options.select
  const rootDir = join(workshop.dir, `lane-${lane}`)
  await mkdir(rootDir, { recursive: true })
  return {
    ...options,
    rootDir,
    engine: workshop.engine,
    select: { ...select, backup, checksum: 'when-present', stableMs: 0 },
    evidence: { validForMs: 86_400_000, ...options.evidence, dir: evidenceDir },
    onEvent: () => undefined,
  }
}

function summed(record: SelftestRecord, verdicts: Verdict[]): SelftestRecord {
  const judged = verdicts.filter(({ outcome }) => outcome === 'caught' || outcome === 'survived')
  const missed = judged.filter(({ outcome, always }) => outcome === 'survived' && always)
  const exitCode = missed.length > 0 ? 1 : judged.length === 0 ? 3 : 0
  return {
    ...record,
    verdicts,
    caught: judged.filter(({ outcome }) => outcome === 'caught').length,
    judged: judged.length,
    exitCode,
  }
}

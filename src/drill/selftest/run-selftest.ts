import { cp, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { DrillOptions } from '../options.ts'
import { readBackup } from '../reading/read-backup.ts'
import type { DrillRecord } from '../record.ts'
import { isRenderable, makeBadCopy, maxCopyBytes, type Original, originalOf, writeRendering } from './bad-copies.ts'
import { fileMutations, textMutations } from './bytes-mutations.ts'
import { contentMutations } from './content-mutations.ts'
import type { AnyMutation, SelftestRecord, Verdict } from './define.ts'

export interface SelftestEvents {
  /** Before each bad copy: how many are done, of how many. */
  copy(mutation: { title: string }, done: number, total: number): void
}

/** `runDrill`, given so that the flow and its selftest do not know each other. */
export type Drill = (options: DrillOptions) => Promise<DrillRecord>

/** Where bad copies and the drills of them leave what they write; all of it goes at the end. */
interface Place {
  dir: string
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
  const control = await drill({ ...options, evidence: undefined })
  const path = control.evidence.backup?.realPath ?? control.evidence.backup?.path ?? ''
  const started: SelftestRecord = {
    schema: 'drill-selftest/1',
    backup: { path, sha256: control.evidence.backup?.sha256 ?? '' },
    control: { status: control.status, reason: control.reason, ...(control.code && { code: control.code }) },
    verdicts: [],
    caught: 0,
    judged: 0,
    exitCode: control.exitCode,
  }
  if (control.exitCode !== 0) return started
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-selftest-'))
  try {
    return summed(started, await judgeCopies(path, options, drill, events, { dir, before: join(dir, 'evidence') }))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function judgeCopies(
  path: string,
  options: DrillOptions,
  drill: Drill,
  events: SelftestEvents,
  place: Place,
): Promise<Verdict[]> {
  const { env, decrypt, allow, signal } = options
  const reading = await readBackup(path, { env, decrypt, allow, signal })
  const original = await originalOf(reading, { env, decrypt, allow, signal })
  const mutations: AnyMutation[] = [...fileMutations]
  if (isRenderable(reading) && reading.plainBytes < maxCopyBytes) {
    original.rendering = await writeRendering(original, join(place.dir, 'good'))
    const rendered = await drill(optionsFor(options, original.rendering, place.before))
    if (rendered.exitCode === 0) mutations.push(...textMutations, ...contentMutations(reading))
  }
  const usable = (await stat(path)).isDirectory() && !original.rendering ? [] : mutations
  const verdicts: Verdict[] = []
  for (const [index, mutation] of usable.entries()) {
    signal.throwIfAborted()
    events.copy(mutation, index, usable.length)
    verdicts.push(await judge(original, mutation, options, drill, place))
  }
  return verdicts
}

async function judge(
  original: Original,
  mutation: AnyMutation,
  options: DrillOptions,
  drill: Drill,
  place: Place,
): Promise<Verdict> {
  const begin = performance.now()
  const dir = join(place.dir, mutation.id)
  const { id, title, catches } = mutation
  const verdict = (outcome: Verdict['outcome'], code?: string): Verdict => ({
    id,
    title,
    outcome,
    ...(code !== undefined && { code }),
    ...(outcome === 'survived' && {
      wouldCatch: catches ?? 'every drill should: this is a fault of gatekit, please report it',
    }),
    always: catches === undefined,
    durationMs: Math.round(performance.now() - begin),
  })
  try {
    const path = await makeBadCopy(original, mutation, dir)
    if (path === undefined) return verdict('does not apply')
    const evidence = join(dir, 'evidence')
    await cp(place.before, evidence, { recursive: true }).catch(() => undefined)
    const record = await drill(optionsFor(options, path, evidence))
    if (record.exitCode === 0) return verdict('survived')
    return verdict(record.exitCode === 3 ? 'undecided' : 'caught', record.code)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** The user's own drill, of another file; what it leaves goes into a folder of the selftest. */
function optionsFor(options: DrillOptions, backup: string, evidenceDir: string): DrillOptions {
  const { dir: _, ...select } = options.select
  return {
    ...options,
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

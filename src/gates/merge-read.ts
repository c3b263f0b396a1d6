import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { verifyRun } from '../evidence/verify.ts'
import { exitCodes } from '../kernel/exit.ts'
import { jsonOf } from '../kernel/json.ts'
import { type RunRecord, statuses } from '../kernel/record.ts'
import type { ShardRun } from './merge.ts'

const count = z.int().min(1)

/** As much of a record as the merge relies on; files from elsewhere can hold anything. */
const shardSchema = z.looseObject({
  status: z.string(),
  exitCode: z.int(),
  reason: z.string(),
  runId: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  validUntil: z.iso.datetime(),
  environment: z.looseObject({ name: z.string() }),
  target: z.looseObject({ build: z.string().optional() }),
  planSha256: z.string(),
  configSha256: z.string(),
  shard: z.strictObject({ index: count, count, exitCode: z.int() }).optional(),
  notes: z.array(z.string()),
  gates: z.array(
    z.looseObject({
      id: z.string(),
      outDir: z.string(),
      exitCode: z.int(),
      reason: z.string(),
      startedAt: z.iso.datetime(),
      durationMs: z.number(),
      checks: z.array(
        z.looseObject({
          id: z.string(),
          status: z.enum(statuses),
          advisory: z.boolean(),
          flaky: z.boolean(),
          skipAllowed: z.boolean(),
          attempts: z.array(z.looseObject({})),
          findings: z.array(z.looseObject({})),
          evidence: z.array(
            z.strictObject({ path: z.string().regex(/^evidence\/[\w.-]+$/), sha256: z.string(), bytes: z.int() }),
          ),
        }),
      ),
    }),
  ),
})

/** The shards in folders: each is the `qa/` of a run, or holds several of them, one per folder, as downloads of artefacts do. */
export async function readShards(dirs: readonly string[], cwd: string, now: number): Promise<ShardRun[]> {
  const found = await Promise.all(dirs.map(recordsIn))
  return Promise.all(found.flat().map((dir) => readShard(dir, relative(cwd, dir) || '.', now)))
}

async function recordsIn(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((): string[] => [])
  if (names.includes('run.json')) return [dir]
  const inner = await Promise.all(
    names.sort().map(async (name) => {
      const path = join(dir, name)
      return (await readdir(path).catch((): string[] => [])).includes('run.json') ? [path] : []
    }),
  )
  // An empty folder is a shard that left nothing, and has to be told.
  return inner.flat().length > 0 ? inner.flat() : [dir]
}

async function readShard(dir: string, shown: string, now: number): Promise<ShardRun> {
  const nothing = (reason: string): ShardRun => ({
    dir: shown,
    objections: [{ exitCode: exitCodes.incomplete, reason: `${shown} ${reason}` }],
  })
  const text = await readFile(join(dir, 'run.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return nothing('holds no record of a run')
  const value = jsonOf(text) as { status?: unknown } | undefined
  if (value?.status === 'RUNNING') return nothing('has not finished: it still runs, or it was killed')
  if (!shardSchema.safeParse(value).success) return nothing('holds no record of a run that can be understood')
  const run = value as unknown as RunRecord
  const { objections } = await verifyRun({ qaDir: dir, signers: {}, now })
  const isWithheld = run.exitCode === exitCodes.refused
  const own = objections.filter(
    ({ code }) =>
      ['edited', 'future', 'expired'].includes(code) || (['missing', 'unfinished'].includes(code) && !isWithheld),
  )
  return {
    dir: shown,
    run,
    objections: own.map(({ exitCode, text: why }) => ({ exitCode, reason: `${shown}: ${why}` })),
  }
}

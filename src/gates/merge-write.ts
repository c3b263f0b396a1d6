import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { folderOf } from '../evidence/verify.ts'
import type { Clock } from '../kernel/clock.ts'
import { exitCodes } from '../kernel/exit.ts'
import { packageVersion } from '../kernel/package.ts'
import type { CheckRecord, GateRecord, RunRecord } from '../kernel/record.ts'
import type { Secrets } from '../kernel/secrets.ts'
import type { RunEvent } from './events.ts'
import { describeHost } from './host.ts'
import { type Mark, markOf } from './marker.ts'
import type { Merged } from './merge.ts'
import { type GateOutputs, openOutputs } from './outputs.ts'
import type { PlanFile } from './plan-file.ts'
import { type Project, validForMs } from './project.ts'
import type { RunHeader } from './record.ts'
import { clean } from './redact.ts'
import { beginRun, finishRun } from './run-folder.ts'
import { createRunId } from './run-id.ts'
import { addSummaries } from './summary.ts'
import { judgeRun, type Ruling } from './verdict.ts'
import { withheldGate } from './withheld.ts'

export interface MergeWrite {
  project: Project
  plan: PlanFile
  merged: Merged
  /** The command line as typed. */
  command: string
  cwd: string
  variables: Record<string, string | undefined>
  secrets: Secrets
  clock: Clock
  random: () => number
}

/** Writes the outputs of a merge where one run would have written them, evidence copied, and returns the record with the verdict. */
export async function writeMerged(request: MergeWrite): Promise<RunRecord> {
  const { project, merged, clock, random, secrets } = request
  const root = join(project.rootDir, project.outRoot)
  const now = clock.now()
  const header = headerOf(request, createRunId(now, random))
  const mark = markOf(header.runId, new Date(now).toISOString())
  await beginRun({ root, mark, project, plan: { gates: merged.gates } })
  const gates: GateRecord[] = []
  for (const gate of merged.gates) gates.push(await writeGate(gate, header, mark, request))
  const rulings = [...merged.rulings, ...otherBuilds(merged.used)]
  const run: RunRecord = {
    ...header,
    ...judgeRun(gates, rulings),
    ...timesOf(merged.used, now),
    gates,
    summary: addSummaries(gates.map(({ summary }) => summary)),
    notRun: request.plan.notRun,
    notes: [...rulings.map(({ reason }) => reason), ...merged.used.flatMap((one) => one.run.notes)].map((note) =>
      clean(note, secrets),
    ),
  }
  return finishRun(root, run, project, secrets)
}

function headerOf({ project, plan, merged, command, variables, secrets }: MergeWrite, runId: string): RunHeader {
  const runs = merged.used.map(({ run }) => run)
  const [first] = runs
  const environment = project.environments[plan.environment]
  const dirty = runs.some((run) => run.dirty)
  return {
    schema: 'run/1',
    runId,
    tool: `gatekit ${packageVersion}`,
    profile: plan.profile,
    command: clean(command, secrets),
    startedAt: timesOf(merged.used, 0).startedAt,
    environment: first?.environment ?? {
      name: plan.environment,
      mode: environment?.mode ?? 'test',
      embedded: environment?.embedded ?? false,
    },
    target: first?.target ?? {},
    ...(plan.commit && { commit: plan.commit }),
    ...(first?.branch && { branch: first.branch }),
    ...(first?.dirty !== undefined && { dirty }),
    configSha256: plan.configSha256,
    planSha256: plan.planSha256,
    flags: first?.flags ?? [],
    host: describeHost(variables),
    shards: merged.used.map(({ index, count, run }) => ({ index, count, runId: run.runId })),
  }
}

/** Evidence is as old as its oldest part: the first shard to end says when the whole ended and until when it holds. */
function timesOf(used: Merged['used'], now: number) {
  const earliest = (key: 'startedAt' | 'finishedAt' | 'validUntil') =>
    used.length === 0 ? now : Math.min(...used.map(({ run }) => Date.parse(run[key])))
  const last = used.length === 0 ? now : Math.max(...used.map(({ run }) => Date.parse(run.finishedAt)))
  const text = (at: number) => new Date(at).toISOString()
  return {
    startedAt: text(earliest('startedAt')),
    finishedAt: text(earliest('finishedAt')),
    validUntil: text(earliest('validUntil')),
    durationMs: last - earliest('startedAt'),
  }
}

/** Parts that judged two builds judged neither. */
function otherBuilds(used: Merged['used']): Ruling[] {
  const [first, ...others] = used
  const odd = others.find(({ run }) => run.target.build !== first?.run.target.build)
  if (!odd || !first) return []
  const told = (run: RunRecord) => run.target.build ?? 'a build that it did not tell'
  const reason = `shard ${first.index} judged ${told(first.run)}, shard ${odd.index} ${told(odd.run)}`
  return [{ exitCode: exitCodes.incomplete, reason }]
}

async function writeGate(gate: GateRecord, header: RunHeader, mark: Mark, request: MergeWrite): Promise<GateRecord> {
  const { project, merged, secrets, clock } = request
  const outputs = await openOutputs({
    rootDir: project.rootDir,
    outDir: gate.outDir,
    gate: gate.id,
    header,
    mark,
    validForMs: validForMs(project),
    secrets,
    clock,
  })
  const checks: CheckRecord[] = []
  for (const check of gate.checks) checks.push(await withEvidence(check, gate, outputs, request))
  for (const { dir } of merged.used) await copyEvents(resolve(request.cwd, dir), gate, outputs)
  const record = { ...gate, checks }
  const hits = await outputs.sweep(record)
  if (hits.length > 0 || gate.exitCode === exitCodes.refused) {
    const withheld = hits.length > 0 ? withheldGate(record, hits) : record
    await outputs.withhold(withheld, hits)
    return withheld
  }
  await outputs.publish(record)
  return record
}

/** Copies the files of a check from the shard that ran it; one that is gone has been objected to already. */
async function withEvidence(
  check: CheckRecord,
  gate: GateRecord,
  outputs: GateOutputs,
  { merged, cwd }: MergeWrite,
): Promise<CheckRecord> {
  const evidence: CheckRecord['evidence'] = []
  const owner = merged.used.find(({ run }) => run.gates.some(({ checks }) => checks.includes(check)))
  if (!owner) return { ...check, evidence }
  const dir = await folderOf(resolve(cwd, owner.dir), gate.outDir)
  for (const { path } of check.evidence) {
    const bytes = dir === undefined ? undefined : await readFile(join(dir, path)).catch(() => undefined)
    const name = path.slice(`evidence/${check.id}.`.length)
    if (bytes) evidence.push(await outputs.evidence(check.id, name, bytes))
  }
  return { ...check, evidence }
}

async function copyEvents(shardDir: string, gate: GateRecord, outputs: GateOutputs): Promise<void> {
  const dir = await folderOf(shardDir, gate.outDir)
  const text = dir === undefined ? '' : await readFile(join(dir, 'events.ndjson'), 'utf8').catch(() => '')
  for (const line of text.split('\n')) {
    const event = eventOf(line)
    if (event) outputs.event(event)
  }
}

function eventOf(line: string): RunEvent | undefined {
  try {
    const value: unknown = line === '' ? undefined : JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as RunEvent) : undefined
  } catch {
    return undefined
  }
}

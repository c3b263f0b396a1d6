import { type ExitCode, exitCodes } from '../kernel/exit.ts'
import type { CheckRecord, GateRecord, RunRecord } from '../kernel/record.ts'
import { narrowedRulings } from './changes.ts'
import { chainsOfFile, type PlanFile } from './plan-file.ts'
import type { Gate, Project } from './project.ts'
import { blankRecord, gateHead } from './record.ts'
import { assignShards } from './shard.ts'
import { judgeGate, type Ruling } from './verdict.ts'

/** A folder that was given to the merge, with what its record says. */
export interface ShardRun {
  /** As shown to people. */
  dir: string
  /** undefined when there is no record of a finished run. */
  run?: RunRecord | undefined
  /** What is wrong with the files: edited, missing, never finished. */
  objections: readonly Ruling[]
}

export interface MergeCase {
  plan: PlanFile
  project: Project
  failOnFlaky: boolean
  shards: readonly ShardRun[]
}

export interface Merged {
  gates: GateRecord[]
  rulings: Ruling[]
  /** The shards whose results count, in their order. */
  used: { index: number; count: number; dir: string; run: RunRecord }[]
}

const incomplete = (reason: string): Ruling => ({ exitCode: exitCodes.incomplete, reason })

/**
 * The verdict of a plan from the records of its shards: each check is looked up in the one shard that had to run it. A shard that is missing,
 * there twice, of another plan or never finished is named, and what it should have run counts as not run.
 */
export function mergeShards({ plan, project, failOnFlaky, shards }: MergeCase): Merged {
  const rulings = shards.flatMap(({ objections }) => objections)
  const sound = shards.flatMap((shard) => {
    if (!shard.run) return []
    const problem = foreignness(shard.run, plan)
    if (problem === undefined) return [{ dir: shard.dir, run: shard.run, ...shard.run.shard! }]
    rulings.push(incomplete(`${shard.dir} ${problem}`))
    return []
  })
  const count = sound[0]?.count ?? 0
  const used = sound.filter((one) => {
    if (one.count !== count) rulings.push(incomplete(`${one.dir} is one of ${one.count} shards, others of ${count}`))
    return one.count === count
  })
  used.sort((a, b) => a.index - b.index)
  const byIndex = new Map<number, (typeof used)[number]>()
  for (const one of used) {
    const other = byIndex.get(one.index)
    if (other) rulings.push(incomplete(`shard ${one.index} is there twice: ${other.dir} and ${one.dir}`))
    byIndex.set(one.index, other ?? one)
  }
  for (let index = 1; index <= count; index++)
    if (!byIndex.has(index)) rulings.push(incomplete(`shard ${index} of ${count} is missing`))
  if (count === 0) rulings.push(incomplete('there is no shard of this plan'))
  rulings.push(...[...byIndex.values()].flatMap(ownRuling))
  const { narrowed, ...others } = plan
  rulings.push(...narrowedRulings(narrowed ? { ...others, narrowed } : others))

  const owners = count === 0 ? new Map<string, number>() : assignShards(chainsOfFile(plan), count)
  const gates = plan.gates.flatMap((planned) => {
    const gate = project.gates.find(({ id }) => id === planned.id)
    if (!gate) {
      rulings.push(incomplete(`the plan has a gate ${planned.id} that gatekit.yaml has not`))
      return []
    }
    const parts = [...byIndex].flatMap(([index, { run }]) => {
      const record = run.gates.find(({ id }) => id === gate.id)
      return record ? [{ index, record }] : []
    })
    return [mergeGate(gate, planned, parts, { owners, partial: plan.partial, failOnFlaky })]
  })
  return { gates, rulings, used: [...byIndex.values()] }
}

/** Why a record is not a shard of this plan. */
function foreignness(run: RunRecord, plan: PlanFile): string | undefined {
  if (!run.shard) return 'is a run of its own and no shard'
  if (run.planSha256 !== plan.planSha256) return 'is a shard of another plan'
  if (run.configSha256 !== plan.configSha256) return 'was judged by other gate files'
  if (run.environment.name !== plan.environment) return `is about ${run.environment.name}, not ${plan.environment}`
  if (run.commit !== plan.commit)
    return `is about commit ${run.commit ?? '(unknown)'}, not ${plan.commit ?? '(unknown)'}`
  return undefined
}

/** How a shard ended for itself: a wrong target or an interruption stands in no check. */
function ownRuling({ index, count, run }: Merged['used'][number]): Ruling[] {
  const own: ExitCode = run.exitCode === exitCodes.incomplete ? run.shard!.exitCode : run.exitCode
  if (own === exitCodes.pass) return []
  return [{ exitCode: own, reason: `shard ${index} of ${count}: ${worstReason(run, own)}` }]
}

const worstReason = (run: RunRecord, exitCode: ExitCode): string => {
  const gate = run.gates.find((each) => each.exitCode === exitCode)
  return gate ? `${gate.id}: ${gate.reason}` : run.reason
}

interface Part {
  index: number
  record: GateRecord
}

function mergeGate(
  gate: Gate,
  planned: PlanFile['gates'][number],
  parts: readonly Part[],
  rules: { owners: ReadonlyMap<string, number>; partial: boolean; failOnFlaky: boolean },
): GateRecord {
  const rulings: Ruling[] = parts
    .filter(({ record }) => record.exitCode === exitCodes.refused)
    .map(({ record }) => ({ exitCode: exitCodes.refused, reason: record.reason }))
  const checks = planned.checks.flatMap(({ id, notSelected }): CheckRecord[] => {
    const check = gate.checks.find((each) => each.id === id)
    if (!check) return []
    if (notSelected !== undefined) return [blankRecord(check, 'NOT_SELECTED', notSelected)]
    const owner = rules.owners.get(`${gate.id}/${id}`)
    const found = parts.map(({ index, record }) => ({ index, record: record.checks.find((each) => each.id === id) }))
    const stranger = found.find(({ index, record }) => index !== owner && record && record.status !== 'NOT_SELECTED')
    if (stranger)
      rulings.push(incomplete(`${id} has a result of shard ${stranger.index}, and belongs to shard ${owner}`))
    const own = found.find(({ index }) => index === owner)?.record
    if (own && own.status !== 'NOT_SELECTED') return [own]
    return [blankRecord(check, 'NOT_RUN', owner === undefined ? 'no shard' : `shard ${owner} has no result`)]
  })
  const judged = judgeGate({
    planned: planned.checks.map(({ id }) => id),
    checks,
    minChecks: gate.minChecks,
    partial: rules.partial,
    failOnFlaky: rules.failOnFlaky,
    rulings,
  })
  const starts = parts.map(({ record }) => Date.parse(record.startedAt))
  const ends = parts.map(({ record }) => Date.parse(record.startedAt) + record.durationMs)
  const startedAt = Math.min(...starts, ...(starts.length === 0 ? [0] : []))
  const { status, exitCode, reason, summary } = judged
  return {
    ...gateHead(gate),
    status,
    exitCode,
    reason,
    summary,
    checks,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.max(0, ...ends.map((end) => end - startedAt)),
  }
}

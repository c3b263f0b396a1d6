import { join } from 'node:path'
import { parseDuration } from '../config/duration.ts'
import { systemClock } from '../kernel/clock.ts'
import { exitCodes } from '../kernel/exit.ts'
import { packageVersion } from '../kernel/package.ts'
import type { GateRecord, RunRecord } from '../kernel/record.ts'
import { narrowedRulings } from './changes.ts'
import type { RunOptions, RunState } from './context.ts'
import type { RunEvent } from './events.ts'
import { describeHost } from './host.ts'
import { checkIdentity, identifyByHttp } from './identity.ts'
import { leftoverNote, markOf } from './marker.ts'
import { validForMs } from './project.ts'
import { clean, printable } from './redact.ts'
import { beginRun, finishRun } from './run-folder.ts'
import { runGate } from './run-gate.ts'
import { createRunId } from './run-id.ts'
import { systemScheduler } from './scheduler.ts'
import { environmentValues } from './scope.ts'
import { registerVariables } from './secret-variables.ts'
import type { Shard } from './shard.ts'
import { interruptedCode, openSpan } from './stop.ts'
import { addSummaries } from './summary.ts'
import { judgeRun, judgeShard, type Ruling } from './verdict.ts'

/**
 * Runs a plan: gates in order, their outputs below the project, `run.json` and the history beside them. Resolves with the record whatever
 * the checks did; throws a GatekitError only when nothing could begin, because the output folder cannot be written or is in use.
 */
export async function runGates(options: RunOptions): Promise<RunRecord> {
  const state = openState(options)
  const { plan, clock, facts } = state
  registerVariables(options.context.secrets, options.context.variables)
  const root = join(options.project.rootDir, options.project.outRoot)
  const mark = markOf(facts.run.id, new Date(facts.run.start).toISOString())
  const { leftover } = await beginRun({ root, mark, project: options.project, plan })
  if (leftover) {
    const text = leftoverNote(leftover, options.project.outRoot)
    state.notes.push(text)
    state.emit({ type: 'note', text })
  }
  state.emit({
    type: 'run-started',
    runId: mark.runId,
    gates: plan.gates.length,
    checks: plan.gates.flatMap((gate) => gate.checks).length,
  })
  const outer = options.signal ?? new AbortController().signal
  const span = openSpan(
    outer,
    parseDuration(options.project.defaults.runTimeout)!,
    'the time of the run was over',
    state.scheduler,
  )
  const gates: GateRecord[] = []
  let rulings: Ruling[]
  try {
    rulings = await identityRulings(state, options, span.signal)
    for (const gate of plan.gates) {
      const record = await runGate(gate, state, mark, span.signal, rulings)
      state.done.set(gate.id, record)
      gates.push(record)
      state.emit({ type: 'gate-finished', gate: record })
    }
  } finally {
    span.end()
  }
  const interruption: Ruling[] = outer.aborted
    ? [{ exitCode: interruptedCode(outer), reason: 'The run was interrupted.' }]
    : []
  const record = runRecord(state, gates, [...interruption, ...(gates.length > 0 ? rulings : [])], clock.now())
  const run = await finishRun(root, record, options.project, options.context.secrets)
  state.emit({ type: 'run-finished', run })
  return run
}

function openState(options: RunOptions): RunState {
  const { project, plan, context, clock = systemClock, scheduler = systemScheduler, random = Math.random } = options
  const start = clock.now()
  const { environment } = plan
  const services = context.services ?? {}
  const facts = {
    environment,
    git: context.git,
    flags: context.flags,
    run: { id: createRunId(start, random), start },
    services,
    exports: new Map<string, Record<string, unknown>>(),
  }
  const url = environmentValues(environment, services.app).baseUrl as string | undefined
  const { sha, branch, dirty } = context.git
  return {
    project,
    plan,
    context,
    facts,
    header: {
      schema: 'run/1',
      runId: facts.run.id,
      tool: `gatekit ${packageVersion}`,
      profile: plan.profile,
      command: clean(context.command, context.secrets),
      startedAt: new Date(start).toISOString(),
      environment: { name: environment.name, mode: environment.mode, embedded: environment.embedded },
      target: url === undefined ? {} : { url },
      ...(sha && { commit: sha }),
      ...(branch && { branch }),
      ...(dirty !== undefined && { dirty }),
      configSha256: project.configSha256,
      planSha256: plan.sha256,
      flags: printable(context.flags, context.secrets) as RunRecord['flags'],
      host: describeHost(context.variables),
    },
    results: new Map(),
    exports: facts.exports,
    done: new Map(),
    notes: [],
    halted: undefined,
    failFast: options.failFast ?? false,
    failOnFlaky: options.failOnFlaky ?? environment.failOnFlaky ?? environment.protected,
    resume: options.resume,
    emit: listenerOf(options.onEvent),
    clock,
    scheduler,
    random,
  }
}

/** A screen that fails must not change a verdict. */
function listenerOf(onEvent: RunOptions['onEvent']): (event: RunEvent) => void {
  return (event) => {
    try {
      onEvent?.(event)
    } catch {
      // The records are complete without it.
    }
  }
}

async function identityRulings(state: RunState, options: RunOptions, signal: AbortSignal): Promise<Ruling[]> {
  const { environment } = state.plan
  const { unready } = state.context
  if (unready !== undefined) return halt(state, unready)
  const { build, problem } = await checkIdentity({
    identity: environment.identity,
    baseUrl: state.header.target.url,
    git: state.context.git,
    offline: state.context.offline ?? false,
    identify: options.identify ?? identifyByHttp,
    signal,
  })
  if (build !== undefined) state.header.target.build = clean(build, state.context.secrets)
  if (problem === undefined) return []
  return halt(state, `the target is not the one to judge: ${problem}`)
}

/** Nothing is started any more, and the whole run could not judge. */
function halt(state: RunState, why: string): Ruling[] {
  const reason = clean(why, state.context.secrets)
  state.halted = reason
  return [{ exitCode: exitCodes.undecided, reason }]
}

function runRecord(state: RunState, gates: GateRecord[], rulings: Ruling[], now: number): RunRecord {
  const { header, project, plan, notes, facts } = state
  const { shard } = plan
  const { status, exitCode, reason } = judgeRun(gates, [
    ...rulings,
    ...(shard ? [shardRuling(shard)] : []),
    ...narrowedRulings(plan),
  ])
  return {
    ...header,
    ...(shard && { shard: { ...shard, exitCode: judgeShard(gates, state.failOnFlaky, rulings) } }),
    status,
    exitCode,
    reason,
    finishedAt: new Date(now).toISOString(),
    durationMs: now - facts.run.start,
    validUntil: new Date(oldestOf(gates, now) + validForMs(project)).toISOString(),
    gates,
    summary: addSummaries(gates.map((gate) => gate.summary)),
    notRun: plan.notRun,
    notes,
  }
}

/** A part is never the whole: only the merge of all shards has a verdict that may be PASS. */
const shardRuling = ({ index, count }: Shard): Ruling => ({
  exitCode: exitCodes.incomplete,
  reason: `This is shard ${index} of ${count}; gatekit merge gives the verdict.`,
})

/** Gates that were left out are no pass, unless the profile says that a part may be one. */
/** When the oldest of all results was found: what is reused proves nothing for longer. */
const oldestOf = (gates: readonly GateRecord[], now: number): number =>
  Math.min(
    now,
    ...gates
      .flatMap((gate) => gate.checks)
      .flatMap(({ reusedFrom }) => (reusedFrom ? [Date.parse(reusedFrom.finishedAt)] : [])),
  )

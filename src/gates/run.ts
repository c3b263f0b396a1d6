import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDuration } from '../config/duration.ts'
import { runStatement, runStatementName } from '../evidence/run-statement.ts'
import { systemClock } from '../kernel/clock.ts'
import { GatekitError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'
import { writeFileAtomic } from '../kernel/files.ts'
import { stableJson } from '../kernel/json.ts'
import { packageVersion } from '../kernel/package.ts'
import type { GateRecord, RunRecord } from '../kernel/record.ts'
import type { RunOptions, RunState } from './context.ts'
import type { RunEvent } from './events.ts'
import { appendHistory } from './history.ts'
import { describeHost } from './host.ts'
import { checkIdentity, identifyByHttp } from './identity.ts'
import { leftoverNote, type Mark, markOf, markRunning, readLeftover } from './marker.ts'
import { reportNames } from './outputs.ts'
import { validForMs } from './project.ts'
import { clean, printable } from './redact.ts'
import { runGate } from './run-gate.ts'
import { createRunId } from './run-id.ts'
import { systemScheduler } from './scheduler.ts'
import { environmentValues } from './scope.ts'
import { registerVariables } from './secret-variables.ts'
import { interruptedCode, openSpan } from './stop.ts'
import { addSummaries } from './summary.ts'
import { judgeRun, type Ruling } from './verdict.ts'
import { withheldRun } from './withheld.ts'

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
  await begin(root, mark, state)
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
  const run = await finish(
    root,
    runRecord(state, gates, [...interruption, ...(gates.length > 0 ? rulings : [])], clock.now()),
    state,
  )
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

/** Says RUNNING for the whole run, and tells of a run that was killed before. */
async function begin(root: string, mark: Mark, state: RunState): Promise<void> {
  const path = join(root, 'run.json')
  const leftover = await readLeftover(path)
  if (leftover?.isAlive) {
    const title = `another gatekit (process ${leftover.pid}) is running in ${state.project.outRoot}`
    throw new GatekitError({ title, remedy: 'wait for it, or stop it' })
  }
  try {
    await markRunning(path, mark)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    const title = `the output folder ${state.project.outRoot} cannot be written (${code})`
    throw new GatekitError(
      { title, remedy: 'make it a folder that this user may write, with space left' },
      exitCodes.undecided,
    )
  }
  // Not only when each gate's turn comes: killed before, this run would leave the results of another beside its own.
  const results = state.plan.gates.map(({ outDir }) => join(state.project.rootDir, outDir, 'tests.json'))
  const reports = reportNames.map((name) => join(root, 'reports', name))
  const statement = [join(root, runStatementName), join(root, `${runStatementName}.sig`)]
  for (const file of [...results, ...reports, ...statement]) await rm(file, { force: true }).catch(() => {})
  if (!leftover) return
  const text = leftoverNote(leftover, state.project.outRoot)
  state.notes.push(text)
  state.emit({ type: 'note', text })
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
  const { status, exitCode, reason } = judgeRun(gates, rulings)
  return {
    ...header,
    status,
    exitCode,
    reason,
    finishedAt: new Date(now).toISOString(),
    durationMs: now - facts.run.start,
    validUntil: new Date(now + validForMs(project)).toISOString(),
    gates,
    summary: addSummaries(gates.map((gate) => gate.summary)),
    notRun: plan.notRun,
    notes,
  }
}

/** The last look and the last writes. A run whose own record cannot be kept has not passed. */
async function finish(root: string, run: RunRecord, state: RunState): Promise<RunRecord> {
  const hits = state.context.secrets.sweep(stableJson(run))
  if (hits.length > 0) run = withheldRun(run, hits)
  try {
    await writeFileAtomic(join(root, 'run.json'), stableJson(run))
    await writeFileAtomic(
      join(root, runStatementName),
      stableJson(await runStatement(run, root, state.project.rootDir)),
    )
    await appendHistory(root, run)
    return run
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    const ruling = {
      exitCode: exitCodes.undecided,
      reason: `The record of the run cannot be written to ${state.project.outRoot} (${code}).`,
    }
    return { ...run, ...judgeRun(run.gates, [ruling]) }
  }
}

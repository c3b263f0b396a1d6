import { exitCodes } from '../kernel/exit.ts'
import type { CheckRecord, GateRecord } from '../kernel/record.ts'
import type { RunState } from './context.ts'
import type { RunEvent } from './events.ts'
import { leftoverNote, type Mark } from './marker.ts'
import { type GateOutputs, openOutputs } from './outputs.ts'
import type { PlannedCheck, PlannedGate } from './plan.ts'
import { checkName, validForMs } from './project.ts'
import { quarantined } from './quarantine.ts'
import { endsFailFast, gateHoldOf, holdOf } from './readiness.ts'
import { blankRecord, gateHead } from './record.ts'
import { runCheck } from './run-check.ts'
import { environmentValues } from './scope.ts'
import { interruptedCode, openSpan, stopOf } from './stop.ts'
import { judgeGate, type Ruling } from './verdict.ts'
import { waive } from './waive.ts'
import { whenFacts } from './when-facts.ts'
import { withheldGate } from './withheld.ts'

/** Runs one gate and writes its outputs. Never throws for what a check, a disk or a target does: all of that is in the record. */
export async function runGate(
  gate: PlannedGate,
  state: RunState,
  mark: Mark,
  signal: AbortSignal,
  rulings: Ruling[],
): Promise<GateRecord> {
  const startedAt = state.clock.now()
  let outputs: GateOutputs
  try {
    outputs = await openOutputs({
      ...state,
      ...state.context,
      rootDir: state.project.rootDir,
      outDir: gate.outDir,
      gate: gate.id,
      mark,
      validForMs: validForMs(state.project),
    })
  } catch (error) {
    const ruling = outputRuling(gate, error)
    const checks = gate.checks.map((check) => keep(check, blankRecord(check, 'NOT_RUN', ruling.reason), state))
    return gateRecord(gate, checks, startedAt, state, [...rulings, ruling])
  }
  const emit = (event: RunEvent) => {
    outputs.event(event)
    state.emit(event)
  }
  if (outputs.leftover) noteOf(leftoverNote(outputs.leftover, gate.outDir), state)
  emit({ type: 'gate-started', gate: gate.id, title: gate.title, checks: gate.checks.length })
  const checks = await runChecks(gate, state, outputs, emit, signal)
  const isInterrupted = signal.aborted && stopOf(signal).kind === 'interrupted'
  const interruption = isInterrupted ? [{ exitCode: interruptedCode(signal), reason: 'the run was interrupted' }] : []
  const record = gateRecord(gate, checks, startedAt, state, [...rulings, ...interruption])
  outputs.event({ type: 'gate-finished', gate: record })
  return publish(record, gate, outputs, state)
}

async function runChecks(
  gate: PlannedGate,
  state: RunState,
  outputs: GateOutputs,
  emit: (event: RunEvent) => void,
  outer: AbortSignal,
): Promise<CheckRecord[]> {
  const facts = whenFacts(state)
  const gateHold = gateHoldOf(
    gate,
    state.done,
    state.plan.gates.map(({ id }) => id),
    facts,
  )
  const span = openSpan(outer, gate.timeoutMs, 'the time of the gate was over', state.scheduler)
  const checks: CheckRecord[] = []
  try {
    for (const check of gate.checks) {
      const stopped = span.signal.aborted ? stopOf(span.signal).text : state.halted
      const hold = holdOf(check, { stopped, gateHold, facts, results: state.results })
      const found = hold
        ? blankRecord(check, hold.status, hold.reason)
        : ((await reuse(check, state, outputs)) ?? (await perform(check, state, outputs, emit, span.signal)))
      const record = keep(check, found, state)
      if (state.failFast && endsFailFast(record)) state.halted ??= `fail-fast: ${checkName(check)} was ${record.status}`
      emit({ type: 'check-finished', record })
      checks.push(record)
    }
    return checks
  } finally {
    span.end()
  }
}

/** The pass of an earlier run, its evidence kept once more; undefined when it has to be run. */
async function reuse(check: PlannedCheck, state: RunState, outputs: GateOutputs): Promise<CheckRecord | undefined> {
  const { resume, header } = state
  const found = resume?.checks.get(checkName(check))
  if (!resume || !found || header.target.build !== resume.build) return undefined
  const evidence: CheckRecord['evidence'] = []
  for (const { name, bytes } of found.files) evidence.push(await outputs.evidence(check.id, name, bytes))
  return { ...found.record, evidence }
}

async function perform(
  check: PlannedCheck,
  state: RunState,
  outputs: GateOutputs,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
) {
  const { context, project, plan, facts, clock, scheduler, random } = state
  const { record, exports, leaks } = await runCheck({
    check,
    project,
    facts,
    world: worldOf(state),
    keepEvidence: outputs.evidence,
    emit,
    signal,
    clock,
    scheduler,
    random,
    secrets: context.secrets,
  })
  state.exports.set(checkName(check), exports)
  outputs.leaked(check.id, leaks)
  const waiver = project.waivers.find((each) => each.check === checkName(check))
  const waived = waive(record, waiver, clock.now())
  if (waiver && record.status === 'PASS')
    noteOf(`${checkName(check)} passes: its waiver ${waiver.ticket} is not needed.`, state)
  if (plan.environment.protected && waived.status === 'WAIVED')
    noteOf(`${checkName(check)} is waived in a protected environment.`, state)
  const entry = project.quarantine.find((each) => each.check === checkName(check))
  return quarantined(waived, entry, clock.now())
}

function worldOf({ context, project, facts, clock }: RunState) {
  const { variables: own, ...environment } = environmentValues(facts.environment, facts.services.app)
  const all = Object.entries(context.variables).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const variables = Object.fromEntries(all)
  return {
    environment: { ...(own as object), ...environment, name: facts.environment.name, mode: facts.environment.mode },
    rootDir: project.rootDir,
    runStart: facts.run.start,
    clock,
    variable: (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    variables: () => forChildren(variables),
    secrets: context.secrets,
    git: { ...(context.git.sha && { sha: context.git.sha }), authors: context.git.authors ?? [] },
    signers: project.signers,
    embeddedDatabase: (url: string) => context.embeddedDatabase?.(url),
    offline: context.offline ?? false,
  }
}

/** What lives inside this process, such as the embedded database, is no use to another one. */
const forChildren = (variables: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => !value.startsWith('pglite://')))

function keep(check: PlannedCheck, record: CheckRecord, state: RunState): CheckRecord {
  state.results.set(checkName(check), record)
  return record
}

function noteOf(text: string, state: RunState): void {
  state.notes.push(text)
  state.emit({ type: 'note', text })
}

function gateRecord(
  gate: PlannedGate,
  checks: CheckRecord[],
  startedAt: number,
  state: RunState,
  rulings: Ruling[],
): GateRecord {
  const { status, exitCode, reason, summary } = judgeGate({
    planned: gate.checks.map((check) => check.id),
    checks,
    minChecks: gate.minChecks,
    partial: state.plan.partial,
    failOnFlaky: state.failOnFlaky,
    rulings,
  })
  const times = { startedAt: new Date(startedAt).toISOString(), durationMs: state.clock.now() - startedAt }
  return { ...gateHead(gate), status, exitCode, reason, summary, checks, ...times }
}

/** Sweeps and writes. What cannot be written, or must not, changes the verdict: a result without its evidence is none. */
async function publish(
  record: GateRecord,
  gate: PlannedGate,
  outputs: GateOutputs,
  state: RunState,
): Promise<GateRecord> {
  try {
    const hits = await outputs.sweep(record)
    if (hits.length === 0) {
      await outputs.publish(record)
      return record
    }
    const withheld = withheldGate(record, hits)
    await outputs.withhold(withheld, hits).catch(() => outputs.discard())
    return withheld
  } catch (error) {
    await outputs.discard()
    return gateRecord(gate, record.checks, Date.parse(record.startedAt), state, [outputRuling(gate, error)])
  }
}

function outputRuling({ outDir }: PlannedGate, error: unknown): Ruling {
  const code = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error))
  return { exitCode: exitCodes.undecided, reason: `the outputs cannot be written to ${outDir} (${code})` }
}

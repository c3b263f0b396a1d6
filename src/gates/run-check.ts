import type { CheckContext, Outcome } from '../checks/define.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Attempt, CheckRecord, Evidence } from '../kernel/record.ts'
import type { SecretHit, Secrets } from '../kernel/secrets.ts'
import { type AttemptResult, runAttempt } from './attempt.ts'
import type { RunEvent } from './events.ts'
import type { PlannedCheck } from './plan.ts'
import { checkName, type Project } from './project.ts'
import { blankRecord } from './record.ts'
import { clean, printable } from './redact.ts'
import { retryDelay } from './retry.ts'
import { type Scheduler, wait } from './scheduler.ts'
import { type RunFacts, runTimeResolver } from './scope.ts'
import { stopOf } from './stop.ts'
import { fill } from './template.ts'

export interface CheckRun {
  check: PlannedCheck
  project: Project
  facts: RunFacts
  /** What the check may know; signal, id and evidence are added here. */
  world: Omit<CheckContext, 'signal' | 'id' | 'evidence' | 'progress'>
  keepEvidence(owner: string, name: string, content: string | Uint8Array): Promise<Evidence>
  emit(event: RunEvent): void
  signal: AbortSignal
  clock: Clock
  scheduler: Scheduler
  random: () => number
  secrets: Secrets
}

export interface CheckResult {
  record: CheckRecord
  exports: Record<string, unknown>
  /** Secrets that the target repeated, in any attempt. */
  leaks: readonly SecretHit[]
}

/** Runs a check with its retries. Never throws; exports are those of the last attempt and only when it passed. */
export async function runCheck(request: CheckRun): Promise<CheckResult> {
  const { check, clock, emit, scheduler, signal, secrets } = request
  const name = checkName(check)
  const startedAt = clock.now()
  emit({ type: 'check-started', check: name, ...(check.title !== undefined && { title: check.title }) })
  const evidence: Evidence[] = []
  const attempts: Attempt[] = []
  const leaks: SecretHit[] = []
  let last: AttemptResult
  for (;;) {
    const attemptAt = clock.now()
    last = await attemptOnce(request, evidence)
    leaks.push(...(last.outcome.leaks ?? []))
    const attempt = attemptRecord(attempts.length + 1, last.outcome, clock.now() - attemptAt, secrets)
    attempts.push(attempt)
    const delay = last.stopped ? undefined : retryDelay(last.outcome, attempts.length, check.retry, request.random())
    emit({ type: 'attempt-finished', check: name, attempt, ...(delay !== undefined && { nextInMs: delay }) })
    if (delay === undefined) break
    await wait(scheduler, delay, signal)
    if (signal.aborted) {
      last = { ...last, stopped: stopOf(signal) }
      break
    }
  }
  const record = recordOf(check, last, { attempts, evidence, durationMs: clock.now() - startedAt }, secrets)
  const exports = record.status === 'PASS' ? (last.outcome.exports ?? {}) : {}
  return { record, exports, leaks }
}

/** Templates are filled in for each attempt and the options validated once more: what a check exported may not fit. */
async function attemptOnce(request: CheckRun, evidence: Evidence[]): Promise<AttemptResult> {
  const { check, project, facts, world, keepEvidence, emit, scheduler, signal, secrets } = request
  const definition = project.definitions.get(check.type)
  if (!definition) return undecidable(`check type ${check.type} is not loaded`)
  const { value, unresolved } = fill(check.options, runTimeResolver(facts, check.gate, definition.templates))
  const [missing] = unresolved
  if (missing) return undecidable(`\${${missing.template}} has no value: ${missing.problem}`)
  const options = definition.options.safeParse(value)
  if (!options.success) {
    const issue = options.error.issues[0]!
    return undecidable(`with its templates filled in, ${issue.path.join('.')} is wrong: ${issue.message}`)
  }
  const name = checkName(check)
  const context = {
    ...world,
    id: name,
    progress: (text: string) => emit({ type: 'progress', check: name, text: clean(text, secrets) }),
    async evidence(file: string, content: string | Uint8Array) {
      const kept = await keepEvidence(check.id, file, content)
      evidence.push(kept)
      return kept
    },
  }
  return runAttempt({
    definition,
    options: options.data,
    context,
    timeoutMs: check.timeoutMs,
    outer: signal,
    scheduler,
  })
}

const undecidable = (reason: string): AttemptResult => ({ outcome: { status: 'ERROR', reason, cause: 'other' } })

function attemptRecord(attempt: number, { status, reason }: Outcome, durationMs: number, secrets: Secrets): Attempt {
  return { attempt, status, ...(reason && { reason: oneLine(reason, secrets) }), durationMs }
}

type Course = Pick<CheckRecord, 'attempts' | 'evidence' | 'durationMs'>

function recordOf(
  check: PlannedCheck,
  { outcome, stopped }: AttemptResult,
  course: Course,
  secrets: Secrets,
): CheckRecord {
  if (stopped?.kind === 'interrupted') return { ...blankRecord(check, 'NOT_RUN', stopped.text), ...course }
  const { reason, details = {}, findings = [], reproduce = [] } = outcome
  const status = stopped ? 'ERROR' : outcome.status
  const why = stopped ? stopped.text : (reason ?? (status === 'PASS' ? undefined : 'the check gave no reason'))
  const attempted = course.attempts.length > 1
  return {
    ...blankRecord(check, status, why === undefined ? undefined : oneLine(why, secrets)),
    ...course,
    details: printable(details, secrets) as Record<string, unknown>,
    findings: findings.map((finding) => ({
      ...finding,
      subject: clean(finding.subject, secrets),
      expected: clean(finding.expected, secrets),
      actual: clean(finding.actual, secrets),
    })),
    reproduce: reproduce.map((command) => clean(command, secrets)),
    flaky: status === 'PASS' && attempted,
  }
}

const oneLine = (text: string, secrets: Secrets): string => clean(text, secrets).replace(/\s+/g, ' ').trim()

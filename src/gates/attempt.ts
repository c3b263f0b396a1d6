import type { CheckContext, CheckDefinition, Outcome } from '../checks/define.ts'
import { formatDuration } from '../config/duration.ts'
import type { Scheduler } from './scheduler.ts'
import { openSpan, type Stop, stopOf } from './stop.ts'

/** How long a check that was told to stop may take: ending a process group politely needs five seconds. */
export const graceMs = 10_000

export interface AttemptOptions {
  definition: CheckDefinition
  options: unknown
  context: Omit<CheckContext, 'signal'>
  timeoutMs: number
  /** Aborts when the gate, the run or the user stops. */
  outer: AbortSignal
  scheduler: Scheduler
}

export interface AttemptResult {
  outcome: Outcome
  /** Set when someone else stopped it; the outcome then says nothing about the target. */
  stopped?: Stop
}

/** Runs a check once. Never throws: a check that throws, hangs or answers nonsense is an ERROR, whatever it says after its time. */
export async function runAttempt(request: AttemptOptions): Promise<AttemptResult> {
  const { definition, options, context, timeoutMs, outer, scheduler } = request
  const span = openSpan(outer, timeoutMs, `not done after ${formatDuration(timeoutMs)}`, scheduler)
  const work = answer(() => definition.run(options, { ...context, signal: span.signal }))
  let abandon = () => {}
  const stuck = new Promise<'stuck'>((resolve) => {
    const arm = () => {
      abandon = scheduler.after(graceMs, () => resolve('stuck'))
    }
    if (span.signal.aborted) arm()
    else span.signal.addEventListener('abort', arm)
  })
  const result = await Promise.race([work, stuck])
  abandon()
  span.end()
  if (!span.signal.aborted) return { outcome: result === 'stuck' ? timedOut('stuck') : result }
  const stop = stopOf(span.signal)
  const text = result === 'stuck' ? `${stop.text}, and did not stop when it was told to` : stop.text
  const outcome = { ...partsOf(result), ...timedOut(text) }
  return outer.aborted ? { outcome, stopped: stop } : { outcome }
}

const timedOut = (reason: string): Outcome => ({ status: 'ERROR', reason, cause: 'timeout' })

/** What a late answer may still add: never its status. */
function partsOf(result: Outcome | 'stuck'): Partial<Outcome> {
  if (result === 'stuck') return {}
  const { details = {}, reproduce = [], leaks = [] } = result
  return { details, reproduce, leaks }
}

const outcomes: readonly string[] = ['PASS', 'FAIL', 'ERROR', 'NO_DATA', 'STALE']

async function answer(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    const outcome: Outcome | undefined = await run()
    if (outcome && outcomes.includes(outcome.status)) return outcome
    return { status: 'ERROR', reason: 'the check gave no outcome that is known', cause: 'other' }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { status: 'ERROR', reason: `the check threw: ${text.split('\n')[0]}`, cause: 'other' }
  }
}

import type { RunEvent } from '../../gates/events.ts'
import type { CheckRecord, GateRecord, Status, Verdict } from '../../kernel/record.ts'
import type { Screen } from '../screen.ts'

const pad = 10

/** Turns what happens in a run into lines: one per finished gate, more only for what needs a look. */
export function showEvent(screen: Screen, event: RunEvent, count: { done: number; all: number }): void {
  if (event.type === 'run-started') count.all = event.checks
  if (event.type === 'check-started') screen.progress(`[${count.done + 1}/${count.all}] ${event.check}`)
  if (event.type === 'progress') screen.progress(`[${count.done + 1}/${count.all}] ${event.check}: ${event.text}`)
  if (event.type === 'check-finished') count.done++
  if (event.type === 'note') screen.say(`note: ${event.text}`)
  if (event.type === 'gate-finished') showGate(screen, event.gate)
}

function showGate(screen: Screen, gate: GateRecord): void {
  const { summary, title, status, durationMs, minChecks } = gate
  const counts = `${summary.executed}/${summary.planned}`.padStart(7)
  const time = `${(durationMs / 1000).toFixed(1)} s`.padStart(8)
  const aside = `floor ${minChecks}${summary.skip > 0 ? `, ${summary.skip} skipped` : ''}`
  screen.say(
    `${colour(screen, status, status.padEnd(pad))} ${title.padEnd(34)} ${counts} ${time}  ${screen.paint.dim(aside)}`,
  )
  for (const check of gate.checks.filter(isWorthALine)) showCheck(screen, check)
  if (status !== 'PASS') screen.say(`${' '.repeat(pad + 1)}${gate.reason}`)
}

const quietly: readonly Status[] = ['PASS', 'SKIP', 'NOT_SELECTED', 'BLOCKED', 'NOT_RUN']

const isWorthALine = ({ status, flaky, advisory }: CheckRecord): boolean =>
  flaky || (!quietly.includes(status) && !(advisory && status === 'PASS'))

function showCheck(screen: Screen, check: CheckRecord): void {
  const { paint } = screen
  const mark = check.advisory ? ' [advisory]' : check.flaky ? ` [flaky: ${check.attempts.length} attempts]` : ''
  screen.say(
    `  ${colour(screen, check.status, check.status.padEnd(pad - 2))} ${check.id}${mark}  ${check.reason ?? ''}`,
  )
  for (const { subject, expected, actual } of check.findings.slice(0, 5)) {
    screen.say(`  ${' '.repeat(pad - 2)} ${paint.dim(subject)}`)
    screen.say(`  ${' '.repeat(pad - 2)}   expected ${expected}`)
    screen.say(`  ${' '.repeat(pad - 2)}   actual   ${paint.red(actual)}`)
  }
  if (check.findings.length > 5)
    screen.say(`  ${' '.repeat(pad - 2)} and ${check.findings.length - 5} more in tests.txt`)
}

/** Green for a pass, red for what is wrong, yellow for what is undecided; the word itself is always there. */
export function colour({ paint }: Screen, status: Status | Verdict, text: string): string {
  if (status === 'PASS' || status === 'WAIVED') return paint.green(text)
  if (status === 'FAIL') return paint.red.bold(text)
  return paint.yellow(text)
}

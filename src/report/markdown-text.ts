import type { CheckRecord, GateRecord, RunRecord } from '../kernel/record.ts'
import { attentionOf, byUrgency, checkName, explain, statusWord } from './outcome.ts'
import { oneLine, printable, showDuration } from './plain-text.ts'

/** A mark beside the word, for the eye; the word alone carries the meaning. */
const marks: Record<string, string> = {
  PASS: '✅',
  FAIL: '❌',
  ERROR: '🟠',
  STALE: '🟠',
  NO_DATA: '🟠',
  INCOMPLETE: '🟡',
  WAIVED: '🔵',
}

/** `✅ PASS`, `⚪ NOT RUN` */
export const badge = (status: string): string => `${marks[status] ?? '⚪'} ${statusWord(status)}`

/** Somebody else's text as Markdown that shows just that text: no markup, no link, no mention, no table cell of its own. */
export const markdownText = (text: string, limit = 300): string =>
  oneLine(text, limit).replace(/[!-/:-@[-`{-~]/g, (character) =>
    /[,.()'%/ -]/.test(character) ? character : `&#${character.charCodeAt(0)};`,
  )

/** The same in a fixed-width font. An HTML element and not backticks, since those cannot be escaped within themselves. */
export const markdownCode = (text: string, limit = 300): string => `<code>${markdownText(text, limit)}</code>`

/** Several lines that are shown as they are. A fence is longer than any run of backticks inside it. */
export function markdownBlock(text: string): string {
  const clean = printable(text)
  const longestRun = Math.max(2, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longestRun + 1)
  return `${fence}text\n${clean}\n${fence}`
}

export const headline = (run: RunRecord): string =>
  `### ${badge(run.status)} · ${markdownText(run.profile)} (exit ${run.exitCode})`

export function identityLine(run: RunRecord): string {
  const parts = [
    `environment ${markdownCode(run.environment.name)}`,
    run.commit && `commit ${markdownCode(run.commit.slice(0, 12))}`,
    run.target.build && `build ${markdownCode(run.target.build.slice(0, 40))}`,
    `run ${markdownCode(run.runId)}`,
    `valid until ${markdownText(run.validUntil)}`,
  ]
  return parts.filter(Boolean).join(' · ')
}

export function gateTable(run: RunRecord): string {
  const rows = run.gates.map((gate) => {
    const { planned, executed, pass, fail, error, noData, stale, waived } = gate.summary
    const cells = [`${executed}/${planned}`, gate.minChecks, pass, fail, error + noData, stale, waived]
    return `| ${markdownCode(gate.id)} | ${badge(gate.status)} | ${cells.join(' | ')} | ${showDuration(gate.durationMs)} |`
  })
  return [
    '| Gate | Verdict | Executed | Floor | Pass | Fail | Undecided | Stale | Waived | Time |',
    '|---|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n')
}

/** A check that went wrong, folded: what was expected, what was there, how to see it again. */
export function checkDetails(check: CheckRecord): string {
  const summary = `<summary>${badge(check.status)} ${markdownCode(checkName(check))} ${markdownText(explain(check))}</summary>`
  const findings = check.findings.map(
    ({ subject, expected, actual }) => `${subject}\n  expected  ${expected}\n  actual    ${actual}`,
  )
  const parts = [
    ...(findings.length > 0 ? [markdownBlock(findings.join('\n'))] : []),
    ...(check.reproduce.length > 0 ? ['See it again:', markdownBlock(check.reproduce.join('\n'))] : []),
    ...check.evidence.map(
      ({ path, sha256 }) => `Evidence ${markdownCode(path)} sha256 ${markdownCode(sha256.slice(0, 16))}`,
    ),
  ]
  return ['<details>', summary, '', ...parts.flatMap((part) => [part, '']), '</details>'].join('\n')
}

/** The checks of a run that a person has to look at, the worst first. */
export const attentionOfRun = (run: RunRecord): CheckRecord[] => run.gates.flatMap(attentionOf).sort(byUrgency)

export function waiverLines(run: RunRecord): string[] {
  const waived = run.gates.flatMap((gate) => gate.checks.filter((check) => check.waiver))
  return waived.map((check) => {
    const { reason, ticket, approvedBy, expires, daysLeft } = check.waiver!
    const who = approvedBy.map((name) => markdownText(name)).join(', ')
    return `- ${markdownCode(checkName(check))} ${statusWord(check.was ?? 'FAIL')}, until ${markdownText(expires)} (${daysLeft} days left), ${markdownText(ticket)}, approved by ${who}: ${markdownText(reason)}`
  })
}

export function notRunLines(run: RunRecord): string[] {
  return run.notRun.map(({ id, reason }) => `- ${markdownCode(id)} ${markdownText(reason)}`)
}

/** Every check of a gate, one row each. */
export function checkTable(gate: GateRecord): string {
  const rows = [...gate.checks].sort(byUrgency).map((check) => {
    const flags = [check.flaky && 'flaky', check.advisory && 'advisory'].filter(Boolean).join(', ')
    return `| ${badge(check.status)} | ${markdownCode(check.id)} | ${markdownText(explain(check))} | ${flags} | ${showDuration(check.durationMs)} |`
  })
  return ['| Status | Check | Why | | Time |', '|---|---|---|---|--:|', ...rows].join('\n')
}

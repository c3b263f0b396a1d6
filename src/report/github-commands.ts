import type { CheckRecord, RunRecord } from '../kernel/record.ts'
import { maskForms } from '../kernel/secret-forms.ts'
import type { Secrets } from '../kernel/secrets.ts'
import { attentionOfRun } from './markdown-text.ts'
import { checkName, checksOf, explain, failsSilently, statusWord } from './outcome.ts'
import { clean, oneLine, printable } from './plain-text.ts'

/** GitHub shows ten annotations of a kind for each step and drops the rest without a word. */
const limit = 10

/**
 * Workflow commands that mark the lines of gate files: errors for what stops the release, warnings for waivers that end within a week and for
 * advisory checks. One command per line, to be printed as it is; empty for a clean run.
 */
export function renderAnnotations(record: RunRecord): string {
  const run = clean(record)
  const gates = run.gates
    .filter(failsSilently)
    .map(({ id, status, reason, place }) => command('error', `[gate verdict] ${id}`, `${status}: ${reason}`, place))
  const errors = [...attentionOfRun(run).map((check) => annotate('error', check)), ...gates]
  const warnings = checksOf(run)
    .filter(isWorthWarning)
    .map((check) => annotate('warning', check))
  const hidden = errors.length - limit
  const more =
    hidden > 0 ? [command('notice', 'gatekit', `${hidden} more errors are in the step summary and in tests.txt`)] : []
  const lines = [...errors.slice(0, limit), ...more, ...warnings.slice(0, limit)]
  return lines.map((line) => `${line}\n`).join('')
}

/** `::add-mask::` for every secret and the forms it may be printed in: GitHub hides exact strings only. Print it before anything else. */
export function renderMasks(secrets: Pick<Secrets, 'registered'>): string {
  const forms = new Set(secrets.registered().flatMap(({ value }) => maskForms(value)))
  return [...forms].map((form) => `::add-mask::${escapeData(form)}\n`).join('')
}

/** Lines for `$GITHUB_OUTPUT`: `verdict`, `exit-code`, `run-id`, and whatever else is named, such as `tests-json`. */
export function renderOutputs(run: RunRecord, more: Readonly<Record<string, string>> = {}): string {
  const outputs = { verdict: run.status, 'exit-code': String(run.exitCode), 'run-id': run.runId, ...more }
  return Object.entries(outputs)
    .map(([name, value]) => `${name.replace(/[^\w-]/g, '_')}=${oneLine(value, 4_000)}\n`)
    .join('')
}

const isWorthWarning = (check: CheckRecord): boolean =>
  (check.waiver !== undefined && check.waiver.daysLeft <= 7) || (check.advisory && check.status === 'FAIL')

function annotate(kind: 'error' | 'warning', check: CheckRecord): string {
  const findings = check.findings
    .slice(0, 5)
    .map(({ subject, expected, actual }) => `${subject}: expected ${oneLine(expected)}, was ${oneLine(actual)}`)
  const place = check.findings.find((finding) => finding.place)?.place ?? check.place
  const message = [`${statusWord(check.status)}: ${explain(check)}`, ...findings].join('\n')
  return command(kind, checkName(check), message, place)
}

function command(
  kind: 'error' | 'warning' | 'notice',
  title: string,
  message: string,
  place?: { file: string; line: number },
): string {
  const where = place ? `file=${escapeProperty(place.file)},line=${place.line},` : ''
  return `::${kind} ${where}title=${escapeProperty(oneLine(title))}::${escapeData(printable(message, 2_000))}`
}

/** After the second `::`: a line break would end the command and let the text start one of its own. */
const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const escapeProperty = (text: string): string =>
  escapeData(printable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C')

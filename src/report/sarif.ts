import { createHash } from 'node:crypto'
import type { Log, Notification, ReportingDescriptor, Result } from 'sarif'
import type { Place } from '../kernel/errors.ts'
import { stableJson } from '../kernel/json.ts'
import type { CheckRecord, Finding, RunRecord, Status } from '../kernel/record.ts'
import { defineReporter } from './define.ts'
import { checkName, checksOf, explain } from './outcome.ts'
import { clean, oneLine } from './plain-text.ts'

/** Checks that judge files: their results belong to a line. What an HTTP or database check found does not. */
const judgesFiles: readonly string[] = ['keys', 'file', 'terraform-plan', 'lint']

/** GitHub takes no more results than this from one run. */
const mostResults = 5_000

/** A run with one of these has not looked at everything, so `no results` must not read as clean. */
const notEvaluated: readonly Status[] = ['ERROR', 'NO_DATA', 'NOT_RUN', 'BLOCKED']

/** SARIF 2.1.0 for code scanning: findings that have a place in a file, nothing else. */
export const sarifReporter = defineReporter({
  name: 'sarif',
  summary: 'SARIF 2.1.0 for code scanning: only findings that have a place in a file',
  file: 'gatekit.sarif',
  render(record) {
    const run = clean(record)
    const all = checksOf(run).flatMap(resultsOf)
    const results = all.slice(0, mostResults)
    const rules = new Map(results.map((result) => [result.ruleId ?? '', ruleOf(result)]))
    const [name = 'gatekit', version = ''] = run.tool.split(' ')
    const log: Log = {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: name || 'gatekit',
              ...(version && { semanticVersion: version }),
              rules: [...rules.values()],
            },
          },
          automationDetails: { id: `gatekit/${oneLine(run.profile)}/${oneLine(run.environment.name)}/` },
          invocations: [
            {
              executionSuccessful: wasEvaluated(run),
              exitCode: run.exitCode,
              exitCodeDescription: `${run.status}: ${run.reason}`,
              commandLine: run.command,
              startTimeUtc: run.startedAt,
              endTimeUtc: run.finishedAt,
              toolExecutionNotifications: notificationsOf(run, all.length - results.length),
            },
          ],
          originalUriBaseIds: { SRCROOT: { description: { text: 'The root of the project.' } } },
          columnKind: 'utf16CodeUnits',
          results,
          properties: { runId: run.runId, commit: run.commit ?? '', verdict: run.status },
        },
      ],
    }
    return stableJson(log)
  },
})

function resultsOf(check: CheckRecord): Result[] {
  if (check.status === 'PASS' || check.status === 'NOT_SELECTED' || check.status === 'SKIP') return []
  const placed = check.findings.flatMap((finding) => (finding.place ? [resultOf(check, finding, finding.place)] : []))
  if (placed.length > 0) return placed
  if (!judgesFiles.includes(check.type) || !check.place || notEvaluated.includes(check.status)) return []
  return [
    resultOf(check, { subject: check.type, expected: 'PASS', actual: explain(check) || check.status }, check.place),
  ]
}

function resultOf(check: CheckRecord, finding: Finding, place: Place): Result {
  const name = checkName(check)
  return {
    ruleId: ruleId(check, finding),
    level: check.advisory ? 'note' : 'error',
    message: {
      text: `${name}: ${oneLine(finding.subject)}: expected ${oneLine(finding.expected)}, was ${oneLine(finding.actual)}`,
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(place.file), uriBaseId: 'SRCROOT' },
          region: { startLine: Math.max(1, place.line), startColumn: Math.max(1, place.column) },
        },
      },
    ],
    partialFingerprints: { 'gatekit/1': fingerprint(check, finding, place) },
    ...(check.waiver && {
      suppressions: [
        {
          kind: 'external',
          status: 'accepted',
          justification: `${check.waiver.ticket} until ${check.waiver.expires}: ${check.waiver.reason}`,
        },
      ],
    }),
  }
}

/** `keys/stripe-live-key`: type and what was looked at, in the few characters that a rule id may hold. */
function ruleId(check: CheckRecord, finding: Finding): string {
  const words = `${check.type}/${finding.subject}`.toLowerCase().replace(/[^a-z0-9/.]+/g, '-')
  return words.replace(/^[-/]+|[-/]+$/g, '').slice(0, 80) || 'gatekit'
}

const ruleOf = ({ ruleId = 'gatekit' }: Result): ReportingDescriptor => ({
  id: ruleId,
  shortDescription: { text: ruleId },
})

/** Without line numbers: the same finding keeps its identity when lines are added above it. */
function fingerprint(check: CheckRecord, finding: Finding, place: Place): string {
  const parts = [checkName(check), place.file, finding.subject, finding.expected, finding.actual]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

/** Relative, forward slashes, percent-encoded by segment. */
const toUri = (file: string): string =>
  file
    .replaceAll('\\', '/')
    .replace(/^\/+/, '')
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/') || 'unknown'

const wasEvaluated = (run: RunRecord): boolean =>
  run.summary.executed > 0 && !checksOf(run).some((check) => !check.advisory && notEvaluated.includes(was(check)))

const was = (check: CheckRecord): Status => check.was ?? check.status

function notificationsOf(run: RunRecord, dropped: number): Notification[] {
  const broken = checksOf(run).filter((check) => notEvaluated.includes(was(check)))
  const notes = broken.slice(0, 100).map(
    (check): Notification => ({
      level: check.advisory ? 'note' : 'error',
      message: { text: `${checkName(check)} ${check.status}: ${explain(check)}` },
    }),
  )
  if (dropped === 0) return notes
  return [...notes, { level: 'warning', message: { text: `${dropped} more results were left out` } }]
}

import { stat } from 'node:fs/promises'
import { allowedSkewMs } from '../../kernel/clock.ts'
import { selectJson } from '../../kernel/json-path.ts'
import type { Finding } from '../../kernel/record.ts'
import type { CheckContext } from '../define.ts'
import { type JsonExpectation, judgeJson, parseJsonBody } from '../expect/json.ts'
import { type Matcher, mismatch } from '../expect/matcher.ts'
import { shown } from '../expect/shown.ts'
import { judgeText, type TextExpectation } from '../expect/text.ts'
import { parseTimestamp } from '../expect/timestamp.ts'
import { readText, sha256Of } from './content.ts'
import { shownPath } from './locate.ts'

export interface FileExpectation extends TextExpectation {
  sha256?: string | undefined
  size?: Matcher | undefined
  json?: JsonExpectation | undefined
  newerThan?: 'run.start' | undefined
  at?: string | undefined
}

export interface FileReport {
  /** Relative to the project. */
  name: string
  findings: Finding[]
  /** Set when the file is from before the run and had to be newer. */
  age?: Finding
  details: Record<string, unknown>
}

/** File systems stamp a file with a clock that may run some milliseconds behind the one of the process. */
const stampLagMs = 20

/** Compares one existing file with all that is expected of it, but for its presence. */
export async function inspectFile(
  path: string,
  expectation: FileExpectation,
  { rootDir, runStart, signal, clock }: Pick<CheckContext, 'rootDir' | 'runStart' | 'signal' | 'clock'>,
): Promise<FileReport> {
  const name = shownPath(path, rootDir)
  const { size, mtimeMs, isFile } = await statOf(path)
  const report: FileReport = { name, findings: [], details: { path: name, bytes: size, modified: isoOf(mtimeMs) } }
  if (!isFile) {
    report.findings.push({ subject: name, expected: 'a file', actual: 'something else' })
    return report
  }
  const { findings } = report
  const expectedSize = expectation.size === undefined ? undefined : mismatch(expectation.size, size)
  if (expectedSize !== undefined) findings.push({ subject: 'size', expected: expectedSize, actual: String(size) })
  if (expectation.sha256) {
    const actual = await sha256Of(path, signal)
    report.details['sha256'] = actual
    const expected = expectation.sha256.toLowerCase()
    if (actual !== expected) findings.push({ subject: 'sha256', expected, actual })
  }

  const { contains, notContains, match, json, at } = expectation
  const text = contains || notContains || match || json || at ? await readText(path) : ''
  findings.push(...judgeText('text', text, { contains, notContains, match }))
  const document = json || at ? parseJsonBody(text, 'content') : undefined
  if (document && 'finding' in document) {
    findings.push(document.finding)
    return report
  }
  if (document && json) findings.push(...judgeJson(document.value, json))
  if (!expectation.newerThan) return report
  const age = document && at ? innerAge(document.value, at) : outerAge(mtimeMs)
  return withAge(report, age, { runStart, now: clock.now() })
}

/** When the file says or shows that it was written; `problem` when it does not say. */
type Age = { subject: string; ms: number; slackMs: number } | { problem: Finding }

function innerAge(document: unknown, at: string): Age {
  const value = selectJson(document, at)[0]?.value
  const time = parseTimestamp(value)
  if (time) return { subject: at, ms: time.ms, slackMs: time.precisionMs }
  const expected = 'a time: seconds, milliseconds, or ISO 8601 with a zone'
  return { problem: { subject: at, expected, actual: shown(value) } }
}

const outerAge = (mtimeMs: number): Age => ({ subject: 'modified', ms: mtimeMs, slackMs: stampLagMs })

function withAge(report: FileReport, age: Age, { runStart, now }: { runStart: number; now: number }): FileReport {
  if ('problem' in age) return { ...report, findings: [...report.findings, age.problem] }
  const written = { ...report.details, written: isoOf(age.ms) }
  const finding = {
    subject: age.subject,
    expected: `from this run, ${isoOf(runStart)} or later`,
    actual: isoOf(age.ms),
  }
  if (age.ms > now + allowedSkewMs) {
    const future = { ...finding, expected: `not after now, ${isoOf(now)}` }
    return { ...report, details: written, findings: [...report.findings, future] }
  }
  return age.ms + age.slackMs < runStart
    ? { ...report, details: written, age: finding }
    : { ...report, details: written }
}

async function statOf(path: string): Promise<{ size: number; mtimeMs: number; isFile: boolean }> {
  const entry = await stat(path)
  return { size: entry.size, mtimeMs: entry.mtimeMs, isFile: entry.isFile() }
}

/** ISO text, also of a number too large to be a date. */
const isoOf = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms`)

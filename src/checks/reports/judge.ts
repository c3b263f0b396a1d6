import { stat } from 'node:fs/promises'
import { z } from 'zod'
import type { Finding } from '../../kernel/record.ts'
import { type CheckContext, fail, noData, type Outcome, pass, undecided } from '../define.ts'
import { FileTooLong, readText } from '../files/content.ts'
import { locateFiles, OutsidePath, shownPath } from '../files/locate.ts'
import { parseCtrf } from './ctrf.ts'
import { parseJunit } from './junit.ts'
import { addTallies, BrokenReport, type Tally } from './tally.ts'

const patterns = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])

export const reportExpectation = z
  .strictObject({
    junit: patterns.optional().describe('JUnit XML: a file or pattern, or several'),
    ctrf: patterns.optional().describe('CTRF JSON, instead of junit'),
    minTests: z
      .int()
      .min(1)
      .default(1)
      .describe('Fewest tests that must have been executed; skipped ones do not count'),
    maxFailures: z.int().min(0).default(0),
    maxSkipped: z.int().min(0).optional(),
    newerThan: z
      .enum(['command.start', 'run.start'])
      .default('command.start')
      .describe('command.start: this very command wrote it; run.start: some check of this run did'),
  })
  .refine(({ junit, ctrf }) => (junit === undefined) !== (ctrf === undefined), {
    error: 'expected either junit or ctrf',
  })

export type ReportExpectation = z.output<typeof reportExpectation>

/** The state of the report files before the command ran: what is the same afterwards was not written by it. */
export type Snapshot = ReadonlyMap<string, string>

/** File systems stamp a file with a clock that may run some milliseconds behind the one of the process. */
const stampLagMs = 20
/** Test reports tell the start of a suite, often in whole seconds. */
const innerLagMs = 2_000

const filesOf = async ({ junit, ctrf }: ReportExpectation, rootDir: string): Promise<string[]> => {
  const found = await Promise.all(
    [junit ?? ctrf ?? []].flat().map((pattern) => locateFiles(pattern, { rootDir, within: [] })),
  )
  return [...new Set(found.flat())].sort()
}

/** To be taken before the command runs. */
export async function takeSnapshot(expectation: ReportExpectation, rootDir: string): Promise<Snapshot> {
  const files = await filesOf(expectation, rootDir).catch(() => [])
  return new Map(await Promise.all(files.map(async (file) => [file, await stampOf(file)] as const)))
}

/** Judges the reports that a command left: none or no test is NO_DATA, an old one STALE, a broken one ERROR. */
export async function judgeReports(
  expectation: ReportExpectation,
  { rootDir, runStart }: Pick<CheckContext, 'rootDir' | 'runStart'>,
  { before, commandStart }: { before: Snapshot; commandStart: number },
): Promise<Outcome> {
  const wanted = [expectation.junit ?? expectation.ctrf ?? []].flat().join(', ')
  try {
    const files = await filesOf(expectation, rootDir)
    if (files.length === 0) return noData(`no report matches ${wanted}`)
    const limit = expectation.newerThan === 'run.start' ? runStart : commandStart
    const known = expectation.newerThan === 'run.start' ? new Map<string, string>() : before
    const tallies: Tally[] = []
    for (const file of files) {
      const name = shownPath(file, rootDir)
      const tally = await readReport(file, name, expectation)
      const age = await ageOf(file, name, tally, { limit, known })
      if (age)
        return {
          status: 'STALE',
          reason: `${name} is not from this ${expectation.newerThan === 'run.start' ? 'run' : 'command'}`,
          findings: [age],
        }
      tallies.push(tally)
    }
    return judgeTally(addTallies(tallies), files.length, expectation)
  } catch (error) {
    const isExpected = error instanceof BrokenReport || error instanceof FileTooLong || error instanceof OutsidePath
    if (isExpected) return undecided(error.message)
    throw error
  }
}

async function readReport(file: string, name: string, { junit }: ReportExpectation): Promise<Tally> {
  const text = await readText(file, 64 * 1024 * 1024)
  try {
    return junit === undefined ? parseCtrf(text) : parseJunit(text)
  } catch (error) {
    if (error instanceof BrokenReport) throw new BrokenReport(`${name}: ${error.message}`)
    throw error
  }
}

async function ageOf(
  file: string,
  name: string,
  { writtenMs }: Tally,
  { limit, known }: { limit: number; known: Snapshot },
): Promise<Finding | undefined> {
  const { mtimeMs } = await stat(file)
  const expected = `${new Date(limit).toISOString()} or later`
  if (known.get(file) === (await stampOf(file))) {
    return {
      subject: name,
      expected: 'written by this command',
      actual: `untouched since ${new Date(mtimeMs).toISOString()}`,
    }
  }
  if (mtimeMs + stampLagMs < limit)
    return { subject: `${name} modified`, expected, actual: new Date(mtimeMs).toISOString() }
  if (writtenMs === undefined || writtenMs + innerLagMs >= limit) return undefined
  return { subject: `${name} own time`, expected, actual: new Date(writtenMs).toISOString() }
}

/** Changes with every write, also one within the same millisecond and one that keeps the time. */
async function stampOf(file: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
  return `${ino}:${size}:${mtimeNs}:${ctimeNs}`
}

function judgeTally(tally: Tally, files: number, { minTests, maxFailures, maxSkipped }: ReportExpectation): Outcome {
  const { tests, passed, failed, skipped } = tally
  const details = { report: { files, tests, passed, failed, skipped } }
  const executed = tests - skipped
  if (executed <= 0 && failed === 0)
    return noData(tests === 0 ? 'the report lists no test' : `all ${tests} tests were skipped`, details)
  const findings: Finding[] = []
  if (failed > maxFailures) {
    findings.push({ subject: 'failed tests', expected: `<= ${maxFailures}`, actual: String(failed) })
    for (const { name, message } of tally.failures.slice(0, 10)) {
      findings.push({ subject: `test ${name}`, expected: 'passed', actual: message || 'failed' })
    }
  }
  if (executed < minTests)
    findings.push({ subject: 'executed tests', expected: `>= ${minTests}`, actual: String(executed) })
  if (maxSkipped !== undefined && skipped > maxSkipped) {
    findings.push({ subject: 'skipped tests', expected: `<= ${maxSkipped}`, actual: String(skipped) })
  }
  return findings.length === 0 ? pass(details) : fail(`${failed} of ${executed} tests failed`, findings, details)
}

import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { jsonPathSchema } from '../kernel/json-path.ts'
import { type CheckContext, defineCheck, fail, noData, type Outcome, pass, undecided } from './define.ts'
import { jsonExpectation } from './expect/json.ts'
import { matcherSchema } from './expect/matcher.ts'
import { emptyExpect, hasAny } from './expect/presence.ts'
import { textRules } from './expect/text.ts'
import { FileTooLong } from './files/content.ts'
import { type FileReport, inspectFile } from './files/inspect.ts'
import { locateFile, locateFiles, OutsidePath, shownPath } from './files/locate.ts'
import { codeOf, stopped } from './network/trouble.ts'
import { quoted } from './options/reference.ts'
import { sabotageFile } from './sabotage/file.ts'

const expectation = z
  .strictObject({
    exists: z.literal(true).optional(),
    absent: z.literal(true).optional().describe('There must be no such file; nothing else may be expected then'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, { error: 'expected 64 hex digits' })
      .optional(),
    size: matcherSchema.optional().describe('In bytes: a number, or rules such as { gte: 1 }'),
    json: jsonExpectation.optional(),
    ...textRules,
    newerThan: z
      .literal('run.start')
      .optional()
      .describe('Written by this run: by its mtime, or by the time inside it that at names'),
    at: jsonPathSchema
      .optional()
      .describe('Where in the JSON its own time stands: seconds, milliseconds, or ISO 8601 with a zone'),
  })
  .refine(hasAny, emptyExpect)
  .refine(({ at, newerThan }) => !at || newerThan, { error: 'at needs newerThan', path: ['at'] })
  .refine(({ absent, ...others }) => !absent || !hasAny(others), { error: 'absent stands alone', path: ['absent'] })

const options = z
  .strictObject({
    path: z.string().min(1).optional().describe('Relative to the project'),
    glob: z.string().min(1).optional().describe('Instead of path: every matching file is judged'),
    minMatches: z.int().min(1).default(1).describe('Fewest files that a glob must match'),
    within: z.array(z.string().min(1)).default([]).describe('Folders outside the project that the path may lead into'),
    expect: expectation,
  })
  .refine(({ path, glob }) => (path === undefined) !== (glob === undefined), { error: 'expected either path or glob' })

type Options = z.output<typeof options>

/** A file, or all that match a pattern. One from before the run is STALE where it had to be new, and never stands in for a new one. */
export const fileCheck = defineCheck({
  type: 'file',
  sabotage: sabotageFile,
  summary: 'Judges files: presence, digest, size, JSON, text, and that this run wrote them',
  options,
  example: {
    path: 'qa/notify/outbox/receipt.json',
    expect: { newerThan: 'run.start', at: '$.ts', json: { '$.sandbox': true, '$.mocked': false } },
  },
  async run(options, context): Promise<Outcome> {
    try {
      const outcome = await judge(options, context)
      return {
        ...outcome,
        reproduce: [`ls -l --time-style=full-iso ${options.path ? quoted(options.path) : options.glob}`],
      }
    } catch (error) {
      if (context.signal.aborted) return stopped(options.path ?? options.glob!, context.signal)
      if (error instanceof OutsidePath || error instanceof FileTooLong) return undecided(error.message)
      const code = codeOf(error)
      if (!code) throw error
      return undecided(`${options.path ?? options.glob}: cannot be read (${code})`)
    }
  },
})

async function judge(options: Options, context: CheckContext): Promise<Outcome> {
  const name = options.path ?? options.glob!
  const found = await findFiles(options, context)
  const details = { files: found.length }
  if (options.expect.absent) {
    const findings = found.map((path) => ({
      subject: shownPath(path, context.rootDir),
      expected: 'absent',
      actual: 'there',
    }))
    return findings.length === 0 ? pass({ absent: name }) : fail(`${name} is there`, findings, details)
  }
  if (found.length === 0 && options.glob) return noData(`no file matches ${name}`, details)
  if (found.length === 0)
    return fail(`${name} is not there`, [{ subject: name, expected: 'to exist', actual: 'nothing' }], details)

  const reports: FileReport[] = []
  for (const path of found) reports.push(await inspectFile(path, options.expect, context))
  return options.path ? concludeOne(reports[0]!) : concludeAll(options, reports)
}

async function findFiles({ path, glob, within }: Options, context: CheckContext): Promise<string[]> {
  const bounds = { rootDir: context.rootDir, within }
  if (glob) return locateFiles(glob, bounds)
  const real = await locateFile(path!, bounds)
  const isThere = await stat(real).then(
    () => true,
    (error) => {
      if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return false
      throw error
    },
  )
  return isThere ? [real] : []
}

function concludeOne({ name, details, findings, age }: FileReport): Outcome {
  if (findings.length > 0) return fail(`${name}: ${findings.length} not as expected`, findings, details)
  return age ? { status: 'STALE', reason: `${name} is not from this run`, details, findings: [age] } : pass(details)
}

/** Files from before the run are passed over, so the outbox of yesterday neither proves nor disturbs anything. */
function concludeAll({ glob, minMatches }: Options, reports: FileReport[]): Outcome {
  const fresh = reports.filter(({ age }) => !age)
  const old = reports.length - fresh.length
  const details = {
    files: fresh.length,
    ...(old > 0 && { fromBefore: old }),
    matched: fresh.slice(0, 20).map(({ name }) => name),
  }
  const findings = fresh.flatMap(({ name, findings }) =>
    findings.map((finding) => ({ ...finding, subject: `${name} ${finding.subject}` })),
  )
  if (findings.length > 0) return fail(`${glob}: ${findings.length} not as expected`, findings, details)
  if (fresh.length === 0) {
    return {
      status: 'STALE',
      reason: `${glob}: all ${old} files are from before this run`,
      details,
      findings: reports.slice(0, 5).map(({ age }) => age!),
    }
  }
  if (fresh.length >= minMatches) return pass(details)
  return fail(
    `${glob}: too few files`,
    [{ subject: 'files', expected: `>= ${minMatches}`, actual: String(fresh.length) }],
    details,
  )
}

import { z } from 'zod'
import { clipped } from '../expect/shown.ts'
import { BrokenReport, emptyTally, type Tally } from './tally.ts'

const total = z.int().min(0)

/** The required part of a CTRF report (ctrf.io, spec 0.0.x). Further fields are let through: writers of before the spec's 1.0 differ. */
const report = z.object({
  reportFormat: z.literal('CTRF').optional(),
  results: z.object({
    tool: z.object({ name: z.string().min(1) }),
    summary: z.object({
      tests: total,
      passed: total,
      failed: total,
      skipped: total,
      pending: total,
      other: total,
      start: z.number(),
      stop: z.number(),
    }),
    tests: z.array(
      z.object({
        name: z.string(),
        status: z.enum(['passed', 'failed', 'skipped', 'pending', 'other']),
        message: z.string().optional(),
      }),
    ),
  }),
})

/** Reads a CTRF report. Its summary must agree with the tests it lists; `pending` and `other` count as not executed. */
export function parseCtrf(text: string): Tally {
  const { summary, tests } = read(text).results
  const tally = emptyTally()
  for (const { name, status, message = '' } of tests) {
    tally.tests++
    if (status === 'passed') tally.passed++
    else if (status === 'failed') tally.failed++
    else tally.skipped++
    if (status === 'failed') tally.failures.push({ name: clipped(name, 120), message: clipped(message) })
  }
  for (const name of ['tests', 'passed', 'failed'] as const) {
    if (summary[name] !== tally[name]) {
      throw new BrokenReport(
        `its summary says ${summary[name]} ${name === 'tests' ? name : `tests ${name}`}, it lists ${tally[name]}`,
      )
    }
  }
  // Writers that have no times put zeros there.
  return summary.stop > 1e11 ? { ...tally, writtenMs: summary.stop } : tally
}

function read(text: string): z.output<typeof report> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new BrokenReport(`it is not JSON: ${clipped((error as Error).message)}`)
  }
  const parsed = report.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw new BrokenReport(`it is no CTRF report: ${path.join('.')}: ${message}`)
}

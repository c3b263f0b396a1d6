import { z } from 'zod'
import { stableJson } from '../kernel/json.ts'
import type { Finding } from '../kernel/record.ts'
import { openReadOnly } from './database/open.ts'
import { psqlLine, querySchema } from './database/query.ts'
import { queryTrouble } from './database/trouble.ts'
import { defineCheck, fail, noData, type Outcome, pass, type ReadOnlyDatabase } from './define.ts'
import { type Matcher, matcherSchema, mismatch } from './expect/matcher.ts'
import { emptyExpect, hasAny } from './expect/presence.ts'
import { shown } from './expect/shown.ts'
import { durationMs } from './options/duration.ts'
import { resolveServerUrl } from './options/reference.ts'
import { sabotageSql } from './sabotage/sql.ts'

const expectation = z
  .strictObject({
    rows: matcherSchema
      .optional()
      .describe('Number of rows, or rules for it; only the literal 0 makes an empty answer acceptable'),
    columns: z.array(z.string().min(1)).min(1).optional().describe('Names of the columns, in order'),
    cells: z
      .record(z.string(), matcherSchema)
      .refine(hasAny, emptyExpect)
      .optional()
      .describe('By column: what it must be in every row'),
  })
  .refine(hasAny, emptyExpect)

const options = z.strictObject({
  ...querySchema.shape,
  statementTimeout: durationMs.prefault('10s').describe('How long the server may take'),
  expect: expectation,
})

type Options = z.output<typeof options>
type Answer = Awaited<ReturnType<ReadOnlyDatabase['query']>>

/** One read-only query; an answer without a row proves nothing unless `rows: 0` says that there must be none. */
export const sqlCheck = defineCheck({
  type: 'sql',
  sabotage: sabotageSql,
  summary: 'Runs one read-only query on PostgreSQL or PGlite and judges rows, columns and cells',
  options,
  example: {
    db: { env: 'DATABASE_URL' },
    query: 'select count(*) as n from cards where payment_id = $1 and revoked_at is null',
    params: ['pi_1'],
    expect: { rows: 1, cells: { n: 0 } },
  },
  async run(options, context): Promise<Outcome> {
    const reproduce = [psqlLine(options)]
    let database: ReadOnlyDatabase | undefined
    try {
      const url = resolveServerUrl(options.db, context)
      context.progress(options.query)
      database = await openReadOnly(url, context, { statementTimeoutMs: options.statementTimeout })
      const answer = await database.query(options.query, options.params)
      const { rows, columns } = answer
      await context.evidence(
        'rows.json',
        stableJson({ query: options.query, columns, rowCount: rows.length, rows: rows.slice(0, 200) }),
      )
      return { ...judge(answer, options.expect), reproduce }
    } catch (error) {
      return { ...queryTrouble(error, context.signal), reproduce }
    } finally {
      await database?.close()
    }
  },
})

function judge({ columns, rows }: Answer, expect: Options['expect']): Outcome {
  const first = rows[0] ?? {}
  const details = { rows: rows.length, ...(rows.length === 1 && Object.keys(first).length <= 8 && { first }) }
  if (rows.length === 0 && expect.rows !== 0) return noData('the query selected no row', details)
  const findings: Finding[] = []
  const rowsExpected = expect.rows === undefined ? undefined : mismatch(expect.rows, rows.length)
  if (rowsExpected !== undefined)
    findings.push({ subject: 'rows', expected: rowsExpected, actual: String(rows.length) })
  if (expect.columns && expect.columns.join('\0') !== columns.join('\0')) {
    findings.push({ subject: 'columns', expected: expect.columns.join(', '), actual: columns.join(', ') || 'none' })
  }
  findings.push(...judgeCells(rows, expect.cells ?? {}))
  return findings.length === 0 ? pass(details) : fail(`${findings[0]!.subject} not as expected`, findings, details)
}

/** A column that is not in the answer is a finding, not a comparison that never happens; at most ten rows are shown. */
function judgeCells(rows: Answer['rows'], cells: Record<string, Matcher>): Finding[] {
  return Object.entries(cells).flatMap(([column, matcher]) =>
    rows
      .flatMap((row, index): Finding[] => {
        const expected = mismatch(matcher, row[column])
        if (expected === undefined) return []
        return [
          { subject: rows.length === 1 ? column : `row ${index + 1}, ${column}`, expected, actual: shown(row[column]) },
        ]
      })
      .slice(0, 10),
  )
}

import { type Database, DatabaseError, type Row } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import type { Assertion } from './expectations.ts'

/** Asks what the configuration asserts, read-only, as the owner of the scratch database. Values of rows never get into a finding. */
export async function checkAssertions(database: Database, assertions: readonly Assertion[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const assertion of assertions) {
    const answer = await ask(database, assertion.sql)
    const trouble = answer instanceof DatabaseError ? refused(answer) : judge(assertion, answer)
    if (!trouble) continue
    const message = `assertion "${assertion.name}": ${trouble.reason}`
    findings.push(finding('ASSERTION_FAILED', 'check', message, { object: assertion.name, exit: trouble.exit }))
  }
  return findings
}

interface Trouble {
  reason: string
  exit: 1 | 3
}

async function ask(database: Database, sql: string): Promise<Row[] | DatabaseError> {
  await database.exec('begin read only')
  try {
    return await database.query(sql.replace(/;\s*$/, ''))
  } catch (error) {
    if (error instanceof DatabaseError) return error
    throw error
  } finally {
    await database.exec('rollback')
  }
}

/** A statement that is no SQL, or that took too long, says nothing of the backup. */
function refused({ message, fields }: DatabaseError): Trouble {
  const isOurs = fields.code === '42601' || fields.code === '57014'
  return { reason: `it cannot be evaluated: ${message}`, exit: isOurs ? 3 : 1 }
}

/** Why the answer is not what was asserted; undefined when it is. */
export function judge(assertion: Assertion, rows: readonly Row[]): Trouble | undefined {
  const fails = (reason: string): Trouble => ({ reason, exit: 1 })
  const [first] = rows
  if (!first) return fails('no row, at least one was expected')
  const values = rows.map((row) => Object.values(row)[0] ?? null)
  const [value] = values as [string | null]
  if (assertion.equals !== undefined) {
    return isSame(value, assertion.equals)
      ? undefined
      : fails(`expected ${assertion.equals}, found ${shown(value, assertion)}`)
  }
  if (assertion.atLeast !== undefined || assertion.atMost !== undefined) return judgeRange(value, assertion)
  if (values.some((each) => each === null || each === 'f' || each === 'false'))
    return fails('a row says false or nothing')
  return undefined
}

function judgeRange(value: string | null, assertion: Assertion): Trouble | undefined {
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = assertion
  const number = value === null || value.trim() === '' ? Number.NaN : Number(value)
  if (number >= atLeast && number <= atMost) return undefined
  const wanted = [
    ...(assertion.atLeast !== undefined ? [`at least ${assertion.atLeast}`] : []),
    ...(assertion.atMost !== undefined ? [`at most ${assertion.atMost}`] : []),
  ].join(', ')
  return { reason: `expected ${wanted}, found ${shown(value, assertion)}`, exit: 1 }
}

function isSame(value: string | null, wanted: string | number | boolean): boolean {
  if (value === null) return false
  if (typeof wanted === 'boolean') return value === String(wanted) || value === (wanted ? 't' : 'f')
  if (typeof wanted === 'number') return value.trim() !== '' && Number(value) === wanted
  return value === wanted
}

/** A number is shown to somebody who asked for a number; a text may be anybody's name. */
function shown(value: string | null, assertion: Assertion): string {
  if (value === null) return 'NULL'
  const isNumeric = typeof assertion.equals === 'number' || assertion.equals === undefined
  return isNumeric && /^-?\d{1,15}(?:\.\d{1,6})?$/.test(value) ? value : 'something else'
}

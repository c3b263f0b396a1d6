import { type Outcome, undecided } from '../define.ts'
import { stopped, unreachable } from '../network/trouble.ts'
import { QueryError, UnknownDatabase } from './open.ts'

/** What SQLSTATEs mean to the author of a gate file. */
const words: Record<string, string> = {
  '25006': 'the query tried to write; checks only read',
  '57014': 'the query took longer than statementTimeout',
  '42601': 'the query is not one valid statement',
  '28P01': 'the database refused the password',
  '28000': 'the database refused the login',
  '3D000': 'there is no such database',
  '53300': 'the database has no connection left',
}

/** The ERROR that a database which could not be asked is; errors of the network are told as such. */
export function queryTrouble(error: unknown, signal: AbortSignal): Outcome {
  if (signal.aborted) return stopped('database', signal)
  if (error instanceof UnknownDatabase) return undecided(error.message)
  const code = error instanceof QueryError ? error.code : sqlStateOf(error)
  if (code === undefined && !(error instanceof QueryError)) return unreachable('database', error, signal)
  const reason = (code && words[code]) ?? 'the database refused the query'
  const cause = code === '57014' ? 'timeout' : code && /^(?:08|53|57P)/.test(code) ? 'connect' : 'other'
  return undecided(`${reason}: ${(error as Error).message}${code ? ` (${code})` : ''}`, cause)
}

/** Refusals while connecting carry a SQLSTATE too: five characters, the first two its class. */
function sqlStateOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^\d[0-9A-Z]{4}$/.test(code) ? code : undefined
}

import { DatabaseError } from '../engines/define.ts'

/** Fields of an ErrorResponse as `pg` hands them out. */
interface ServerError {
  message: string
  code?: string
  schema?: string
  table?: string
  column?: string
  constraint?: string
  where?: string
  position?: string
}

/** Encodings and other words that messages quote and that are no values of rows. */
const harmless = /^(?:UTF8|SQL_ASCII|LATIN\d+|WIN\d+|[A-Z][A-Z0-9_]{2,14})$/

/**
 * What the server said, fit to be printed and kept: SQLSTATE and names stay, values of rows go. DETAIL, HINT and CONTEXT quote rows and
 * are never read but for the line of a COPY; messages of class 22 (data) quote them too, those of user code (P0) can say anything.
 */
export function toDatabaseError(error: unknown): unknown {
  if (!isServerError(error)) return error
  const { code, schema, table, column, constraint, where, position } = error
  const [, line] = /^COPY [^\n]*?, line (\d+)/m.exec(where ?? '') ?? []
  const [, inColumn] = /^COPY [^\n:]*, line \d+, column ([^\n:]+)/m.exec(where ?? '') ?? []
  const [, copied] = /^COPY ([^\n,]+), line \d+/m.exec(where ?? '') ?? []
  const relation = table ?? copied
  const field = column ?? inColumn
  return new DatabaseError(withoutValues(error.message, code ?? ''), {
    ...(code && { code }),
    ...(schema && { schema }),
    ...(relation && { table: relation }),
    ...(field && { column: field }),
    ...(constraint && { constraint }),
    ...(line && { line: Number(line) }),
    ...(position && { position: Number(position) }),
  })
}

/** A message of the server without anything that may come out of a row. */
export function withoutValues(message: string, code: string): string {
  const [line = ''] = message.split('\n')
  if (/^(?:P0|38|39)/.test(code)) return `a function of the backup failed (${code})`
  if (code === '42601') return line.replace(/ at or near ".*$/s, ' in the statement')
  if (!/^2[12]/.test(code) || /^could not create locale "[\w.@-]{1,40}"/.test(line)) return line
  return line
    .replace(/: (?:0x|").*$/s, '')
    .replace(/"([^"]*)"/g, (quoted, word: string) => (harmless.test(word) ? quoted : '"…"'))
    .replace(/=\(.*?\)/g, '=(…)')
}

const isServerError = (error: unknown): error is ServerError =>
  error instanceof Error && 'severity' in error && 'code' in error

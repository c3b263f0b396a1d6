import { provoke } from '../canary/provoke.ts'
import { green, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

const internals: readonly [what: string, pattern: RegExp][] = [
  [
    'a stack trace',
    /\n? {2,8}at .{1,200}:\d+:\d+\)?|Traceback \(most recent call last\)|File \\?".{1,200}\\?", line \d+|\.go:\d+ \+0x/,
  ],
  ['a statement of SQL', /\b(?:SELECT .{1,200} FROM|INSERT INTO \S+|UPDATE \S+ SET|DELETE FROM \S+)\b/],
  [
    'the database’s own error',
    /SQLSTATE|sqlite3\.\w+Error|SQLITE_[A-Z]+|psycopg|PDOException|org\.postgresql|ER_[A-Z_]{4,}/,
  ],
  ['a path of the machine', /(?:^|["'\s(])\/(?:home|root|usr|var|srv|opt|app|Users)\/[\w.-]+\/[\w./-]+/],
  ['an error of the operating system', /\b(?:ECONNREFUSED|ENOENT|EACCES|EPIPE|ETIMEDOUT)\b|\[Errno \d+\]/],
]

/** What helps the developer helps the attacker. */
export const g4 = defineProbe({
  id: 'G4',
  title: 'internal detail in errors',
  rule: 'An error tells its reader what to do, and nothing about the inside of the server.',
  source: [
    {
      text: 'OWASP, Error handling',
      url: 'https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html',
    },
  ],
  guard:
    'Never RED: what counts as internal is a matter of taste, unless it is a secret, which has a probe of its own.',
  example: '{"error": str(e)}',
  company: 'alone',
  needs: () => undefined,
  async run(rig) {
    const errors = (await provoke(rig)).filter(({ status }) => status !== undefined && status >= 400)
    for (const { place, text } of errors) {
      const shown = internals.find(([, pattern]) => pattern.test(text))
      if (shown) return yellow(`${shown[0]} is in ${place}`)
    }
    return green(`${errors.length} errors tell nothing about the inside`)
  },
})

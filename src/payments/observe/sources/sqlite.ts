import { resolve } from 'node:path'
import { runCommand } from '../../../kernel/run-command.ts'
import { readingMs } from './source.ts'
import type { SqlClient } from './sql.ts'

/** For machines without the sqlite3 program: Python's standard library reads SQLite too. */
const python = [
  'import json, sqlite3, sys, pathlib',
  'db = sqlite3.connect(pathlib.Path(sys.argv[1]).as_uri() + "?mode=ro", uri=True, timeout=5)',
  'rows = db.execute(sys.argv[2])',
  'names = [each[0] for each in rows.description]',
  'plain = lambda value: value.hex() if isinstance(value, bytes) else value',
  'print(json.dumps([dict(zip(names, map(plain, row))) for row in rows]))',
].join('\n')

/** Asks through the sqlite3 program, else through Python; either opens the file for reading only. */
export function openSqlite(url: string, cwd: string): SqlClient {
  const file = resolve(cwd, url.replace(/^(sqlite|file):(\/\/)?/, '').replace(/\?.*$/, ''))
  const ways = [
    (statement: string) => ['sqlite3', '-batch', '-readonly', '-json', '-cmd', '.timeout 5000', file, statement],
    (statement: string) => ['python3', '-c', python, file, statement],
  ]
  let chosen: (typeof ways)[number] | undefined
  return {
    async query(statement, outer) {
      for (const way of chosen ? [chosen] : ways) {
        const timer = AbortSignal.timeout(readingMs)
        const signal = outer ? AbortSignal.any([outer, timer]) : timer
        const settings = { cwd, env: { PATH: process.env.PATH ?? '' }, signal, graceMs: 1_000 }
        const { exitCode, spawnError, stdout, stderr } = await runCommand(way(statement), settings)
        if (spawnError) continue
        chosen = way
        if (exitCode !== 0) throw new Error(stderr.text.trim().slice(-300) || `sqlite3 ended with ${exitCode}`)
        // Without a row the program prints nothing at all.
        return stdout.text.trim() === '' ? [] : (JSON.parse(stdout.text) as Record<string, unknown>[])
      }
      throw new Error('neither sqlite3 nor python3 is installed; install one to observe SQLite')
    },
    async close() {},
  }
}

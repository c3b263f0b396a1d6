/**
 * SQLite in a process of its own: it blocks the event loop while a statement runs, and what it reads was written by somebody else. Answers
 * one question after the other over the channel to its parent, and ends with it.
 */
import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import sqlite from 'node-sqlite3-wasm'
import type { Answer, Question, Value } from './protocol.ts'

// Whoever started this may be killed while a statement runs: only another thread can notice then.
new Worker(
  `const parent = process.ppid; setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, 250)`,
  { eval: true },
).unref()

const [path = ''] = process.argv.slice(2)
let database: InstanceType<typeof sqlite.Database> | undefined

/** Opened with the first question, so that what is wrong with the file is an answer. */
function open(): InstanceType<typeof sqlite.Database> {
  if (database) return database
  database = new sqlite.Database(path, { fileMustExist: true })
  // Alone on its copy: a write-ahead log needs no shared memory then, which there is none of here.
  for (const setting of [
    'locking_mode = exclusive',
    'trusted_schema = off',
    'cell_size_check = on',
    'temp_store = memory',
  ])
    database.all(`pragma ${setting}`)
  return database
}

function answer(question: Question): Answer {
  try {
    if (question.sum !== undefined) return { id: question.id, sum: sum(question.sum) }
    const rows = open().all(question.sql) as Record<string, unknown>[]
    return { id: question.id, rows: rows.slice(0, 10_000).map((row) => mapValues(row)) }
  } catch (error) {
    return { id: question.id, trouble: (error as Error).message.split('\n')[0] ?? 'unknown' }
  }
}

const mapValues = (row: Record<string, unknown>): Record<string, Value> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asText(value)]))

function asText(value: unknown): Value {
  if (value === null) return null
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
}

/** Rows of a table and a hash over the type and value of each field, in the order of the table. */
function sum(table: string): { rows: number; sha256: string } {
  const hash = createHash('sha256')
  const statement = open().prepare(`select * from ${table}`)
  let rows = 0
  try {
    for (const row of statement.iterate()) {
      hash.update(
        Object.values(row)
          .map((value) => `${typeOf(value)}${asText(value)}`)
          .join('\u001f'),
      )
      hash.update('\n')
      rows++
    }
  } finally {
    statement.finalize()
  }
  return { rows, sha256: hash.digest('hex') }
}

const typeOf = (value: unknown): string =>
  value instanceof Uint8Array ? 'x' : value === null ? '-' : typeof value === 'string' ? 's' : 'n'

process.on('message', (question: Question) => process.send?.(answer(question)))

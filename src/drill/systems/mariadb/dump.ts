import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stop } from '../../findings.ts'
import { type MysqlPiece, MysqlSplitter } from '../../reading/mysql/splitter.ts'
import type { MysqlFacts } from '../../reading/mysql/writing.ts'
import type { ClientSettings } from './client.ts'

/** mariadb-dump of the scratch server, writing values as the dump that was restored has them. */
export interface DumpSettings extends Pick<ClientSettings, 'socket' | 'user' | 'env' | 'signal'> {
  /** The program. */
  dump: string
  writing: Pick<MysqlFacts, 'hasHex' | 'hasHistory'> & { charset: string }
}

/** Nothing but rows, of tables and not of views. */
const onlyRows = [
  '--no-defaults',
  '--no-create-info',
  '--skip-triggers',
  '--skip-lock-tables',
  '--skip-add-locks',
  '--skip-disable-keys',
  '--skip-comments',
  '--no-tablespaces',
  '--quick',
  '--max-allowed-packet=1G',
]

/** The rows of tables of one database, piece by piece; `isNamed`: with the names of their columns. Throws CORRUPT where they cannot be read, a remark where the program fails. */
export async function* dumpRows(
  { dump, socket, user, env, signal, writing }: DumpSettings,
  database: string,
  tables: readonly string[],
  isNamed = false,
): AsyncGenerator<MysqlPiece[]> {
  signal.throwIfAborted()
  const options = [
    `--socket=${socket}`,
    `--user=${user}`,
    `--default-character-set=${writing.charset}`,
    ...(writing.hasHex ? ['--hex-blob'] : []),
    ...(writing.hasHistory ? ['--dump-history'] : []),
    ...(isNamed ? ['--complete-insert'] : []),
  ]
  const child = spawn(dump, [...onlyRows, ...options, '--', database, ...tables], {
    env: { PATH: env.PATH ?? '', LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  const ended = once(child, 'close')
  // What it is killed by is told by the signal.
  ended.catch(() => {})
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4096)
  })
  const splitter = new MysqlSplitter()
  try {
    for await (const chunk of child.stdout) yield splitter.push(chunk as Buffer)
    yield splitter.end()
    const [code] = (await ended) as [number | null]
    signal.throwIfAborted()
    if (code !== 0) throw unreadable(said)
  } finally {
    child.kill('SIGKILL')
  }
}

/** Numbers of errors hold no value of a row. A program that cannot do what is asked of it says nothing against the backup. */
function unreadable(said: string): Error {
  const [, number] = /\b(?:error:?\s*|error\s+)(\d{4})\b/i.exec(said) ?? []
  if (number === undefined)
    return stop('UNSUPPORTED', 'prove', 'only the number of rows was compared: mariadb-dump fails here', { exit: 0 })
  if (/^20(?:02|06|13|26)$/.test(number))
    return stop('ENGINE_DIED', 'prove', 'the scratch MariaDB ended in the middle of the drill')
  const message = `the restored rows cannot be dumped again: error ${number}`
  return stop('CORRUPT', 'prove', message, { object: 'rows' })
}

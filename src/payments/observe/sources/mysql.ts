import { SaxesParser } from 'saxes'
import { runCommand } from '../../../kernel/run-command.ts'
import { readingMs } from './source.ts'
import type { SqlClient } from './sql.ts'

/** Asks through the `mysql` or `mariadb` program, a run for each statement, in a read-only transaction. The password goes by environment. */
export function openMysql(url: string): SqlClient {
  const { hostname, port, username, password, pathname } = new URL(url)
  const host = hostname === 'localhost' ? '127.0.0.1' : hostname.replace(/^\[|\]$/g, '')
  const options = [
    '--no-defaults',
    '--protocol=tcp',
    `--host=${host}`,
    `--port=${port || 3306}`,
    `--user=${decodeURIComponent(username) || 'root'}`,
    `--database=${decodeURIComponent(pathname.slice(1))}`,
    '--connect-timeout=10',
    '--default-character-set=utf8mb4',
    '--skip-named-commands',
    '--xml',
  ]
  const env = { PATH: process.env.PATH ?? '', MYSQL_PWD: decodeURIComponent(password) }
  let program: string | undefined

  async function run(name: string, statement: string, outer?: AbortSignal) {
    const timer = AbortSignal.timeout(readingMs)
    const signal = outer ? AbortSignal.any([outer, timer]) : timer
    const script = `start transaction read only; ${statement.trim().replace(/;$/, '')}; rollback`
    return runCommand([name, ...options, '--execute', script], { cwd: '/', env, signal, graceMs: 1_000 })
  }

  return {
    async query(statement, signal) {
      for (const name of program ? [program] : ['mysql', 'mariadb']) {
        const { exitCode, spawnError, stdout, stderr } = await run(name, statement, signal)
        if (spawnError) continue
        program = name
        if (exitCode !== 0) throw new Error(stderr.text.trim().slice(-300) || `mysql ended with ${exitCode}`)
        return parseRows(stdout.text)
      }
      throw new Error('neither mysql nor mariadb is installed; install a MySQL client')
    },
    async close() {},
  }
}

/** `<row><field name="id">1</field>…</row>`; a value that is not there has `xsi:nil`. */
function parseRows(xml: string): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = []
  let field: { name: string; isNull: boolean; text: string } | undefined
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'row') rows.push({})
    if (name === 'field') {
      field = { name: String(attributes.name), isNull: attributes['xsi:nil'] === 'true', text: '' }
    }
  })
  parser.on('text', (text) => {
    if (field) field.text += text
  })
  parser.on('closetag', ({ name }) => {
    if (name !== 'field' || !field) return
    rows.at(-1)![field.name] = field.isNull ? null : field.text
    field = undefined
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(xml).close()
  return rows
}

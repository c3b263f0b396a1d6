import { randomUUID } from 'node:crypto'
import pg from 'pg'

export interface OwnDatabase {
  /** Changes the text of the reference backend's contract: its data is kept here, and the database goes down and comes up here. */
  edit(text: string): string
  drop(): Promise<void>
}

/** A fresh database on a PostgreSQL server whose role may create some; `server` is `postgres://user@host:port/database`. */
export async function makeOwnDatabase(server: string): Promise<OwnDatabase> {
  const name = `gatekit_matrix_${randomUUID().slice(0, 8)}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await onServer(server, `CREATE DATABASE ${name}`)
  const command = (...statements: string[]) =>
    ['psql', '-q', server, ...statements.map((text) => `-c "${text}"`)].join(' ')
  const allow = (isAllowed: boolean) => `ALTER DATABASE ${name} ALLOW_CONNECTIONS ${isAllowed}`
  const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`
  const db = { down: command(allow(false), end), up: command(allow(true)) }
  return {
    edit: (text) =>
      text
        .replace(/^( {2}env: \{ )/m, (start) => `${start}DATABASE_URL: ${JSON.stringify(url.href)}, `)
        .replace(/^ {2}db: .*$/m, () => `  db: ${JSON.stringify(db)}`),
    drop: () => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

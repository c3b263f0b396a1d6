import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Clock } from '../../kernel/clock.ts'
import { syncFolder, writeFileAtomic } from '../../kernel/files.ts'
import { stableJson } from '../../kernel/json.ts'
import { openSource } from '../identity/source.ts'
import { createManifest, manifestPath } from './manifest.ts'
import { dump } from './pg-dump.ts'
import { readSnapshot } from './snapshot.ts'

export interface BackupRequest {
  url: string
  /** Folder of the backups. */
  dir: string
  format: 'custom' | 'plain'
  /** Whether the manifest has a hash of each table, which reads every row twice. */
  hash: boolean
  tool: string
  env: NodeJS.ProcessEnv
  clock: Clock
  signal: AbortSignal
  progress?(text: string): void
}

export interface BackupResult {
  path: string
  manifest: string
  sidecar: string
  sha256: string
  bytes: number
  tables: number
  rows: number
  durationMs: number
}

/**
 * Dumps a live PostgreSQL database and writes down what was in it, both from one snapshot. The backup appears under its name last, when its
 * checksum and manifest are there: who looks for the newest never meets half of it.
 */
export async function performBackup(request: BackupRequest): Promise<BackupResult> {
  const { url, dir, format, hash, tool, env, clock, signal, progress } = request
  const started = clock.now()
  await mkdir(dir, { recursive: true })
  const source = await openSource(url, { statementTimeoutMs: 24 * 3_600_000, signal })
  let part: string | undefined
  try {
    await source.exec('set statement_timeout = 0; begin isolation level repeatable read read only')
    const [exported] = await source.query('select pg_catalog.pg_export_snapshot() as id')
    const snapshot = await readSnapshot(source, {
      hash,
      signal,
      progress: (done, total, table) => progress?.(`reading ${table} (${done + 1} of ${total})`),
    })
    const name = fileName(snapshot.inventory.database.name, started, format)
    const path = join(dir, name)
    part = `${path}.part`
    // Made here: pg_dump would let every user of this machine read it.
    await writeFile(part, '', { mode: 0o600, flag: 'wx' })
    progress?.('pg_dump')
    const serverMajor = snapshot.inventory.server.major
    await dump({ url, serverMajor, snapshot: exported?.id ?? '', format, file: part, env, signal })
    const { sha256, bytes } = await sync(part)
    const createdAt = new Date(started).toISOString()
    const manifest = createManifest(snapshot, { tool, file: name, sha256, bytes, createdAt })
    await writeFileAtomic(`${path}.sha256`, `${sha256}  ${name}\n`, 0o600)
    await writeFileAtomic(manifestPath(path), stableJson(manifest), 0o600)
    await rename(part, path)
    await syncFolder(dir)
    return {
      path,
      manifest: manifestPath(path),
      sidecar: `${path}.sha256`,
      sha256,
      bytes,
      tables: snapshot.tables.length,
      rows: snapshot.tables.reduce((sum, { rows }) => sum + rows, 0),
      durationMs: clock.now() - started,
    }
  } finally {
    if (part) await rm(part, { force: true })
    await source.close()
  }
}

/** `shop_20260105T050001Z.dump`: sorted by name they are sorted by time. */
function fileName(database: string, now: number, format: BackupRequest['format']): string {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  const safe = basename(database.replace(/[^\w.-]+/g, '-')).replace(/^[.-]+/, '') || 'database'
  return `${safe}_${time}.${format === 'custom' ? 'dump' : 'sql'}`
}

/** Makes the file survive a power cut and tells its hash. */
async function sync(path: string): Promise<{ sha256: string; bytes: number }> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return { sha256: hash.digest('hex'), bytes: (await stat(path)).size }
}

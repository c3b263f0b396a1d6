import { join } from 'node:path'
import type { BackupReading, KeyReading, ReadOptions } from '../define.ts'
import { BrokenBackup } from '../source/broken.ts'
import { type Bytes, fileBytes } from '../source/bytes.ts'
import { ByteCursor } from '../source/cursor.ts'
import type { DumpFacts } from '../sql/dump-facts.ts'
import { type AofReading, readAof } from './read-aof.ts'
import { type RdbReading, readRdb } from './read-rdb.ts'

/** Reads an RDB file, or an append-only file with or without an RDB file at its beginning. */
export async function readRedisFile(
  bytes: Bytes,
  facts: DumpFacts,
  reading: BackupReading,
  kind: 'rdb' | 'aof',
): Promise<void> {
  reading.engine = 'redis'
  reading.format = kind
  reading.tool = 'redis'
  const cursor = new ByteCursor(bytes)
  let commands = 0
  try {
    if (kind === 'rdb') tell(await readRdb(cursor, Date.now()), facts, reading)
    if (!(await cursor.atEnd()) || kind === 'aof') {
      reading.format = 'aof'
      commands = commandsOf(await readAof(cursor), facts)
    }
  } finally {
    await cursor.close()
  }
  judge(facts, reading, commands)
}

/** Reads the append-only files that a manifest lists (Redis 7): one base and what was added since. */
export async function readAofFolder(
  path: string,
  names: ReadonlySet<string>,
  manifest: string,
  options: ReadOptions,
  facts: DumpFacts,
  reading: BackupReading,
): Promise<void> {
  reading.engine = 'redis'
  reading.format = 'aof'
  reading.tool = 'redis'
  let commands = 0
  for (const { name, type } of await listed(join(path, manifest), options)) {
    if (!names.has(name)) {
      facts.found('MEMBER_MISSING', `the file ${name} of ${manifest} is missing`, name)
      continue
    }
    try {
      commands += await readPart(join(path, name), type, options, facts, reading)
    } catch (error) {
      if (!(error instanceof BrokenBackup)) throw error
      facts.found(error.code, error.message, name)
    }
  }
  judge(facts, reading, commands)
}

async function readPart(
  path: string,
  type: string,
  { signal }: ReadOptions,
  facts: DumpFacts,
  reading: BackupReading,
): Promise<number> {
  const cursor = new ByteCursor(fileBytes(path, { signal }))
  try {
    if (type === 'b' && path.endsWith('.rdb')) {
      tell(await readRdb(cursor, Date.now()), facts, reading)
      // Redis reads on: what follows has to be commands.
      if (await cursor.atEnd()) return 0
    }
    return commandsOf(await readAof(cursor), facts)
  } finally {
    await cursor.close()
  }
}

async function listed(path: string, { signal }: ReadOptions): Promise<{ name: string; type: string }[]> {
  const parts: Buffer[] = []
  for await (const chunk of fileBytes(path, { signal })) parts.push(chunk)
  const lines = Buffer.concat(parts)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const files = lines.map((line) => /^file (\S+) seq \d+ type ([bhi])$/.exec(line.trim()))
  if (files.includes(null))
    throw new BrokenBackup('CORRUPT', 'the manifest holds a line that is none of its own', 'manifest')
  // Files of the history are kept until they are deleted, and are not loaded.
  return files.flatMap((found) =>
    found && found[2] !== 'h' ? [{ name: found[1] as string, type: found[2] as string }] : [],
  )
}

function tell(rdb: RdbReading, facts: DumpFacts, reading: BackupReading): void {
  reading.keys = rdb.keys
  facts.header.archiveVersion = String(rdb.version)
  const version = rdb.facts['redis-ver'] ?? rdb.facts['valkey-ver']
  if (version) Object.assign(facts.header, { serverVersion: version, serverMajor: Number.parseInt(version, 10) })
  const created = Number(rdb.facts.ctime)
  if (created > 0) facts.header.created = new Date(created * 1000).toISOString()
}

/** What Redis never writes into its log: it would be done while the log is loaded. */
const foreign =
  'CONFIG MODULE REPLICAOF SLAVEOF MIGRATE FAILOVER CLUSTER DEBUG SHUTDOWN SAVE BGSAVE BGREWRITEAOF ACL SYNC PSYNC'.split(
    ' ',
  )

function commandsOf({ commands, names }: AofReading, facts: DumpFacts): number {
  for (const name of foreign) if (names[name] !== undefined) facts.hostile(name, 'the log', name)
  return commands
}

const total = (keys: readonly KeyReading[] | undefined): number =>
  (keys ?? []).reduce((sum, each) => sum + each.keys, 0)

function judge(facts: DumpFacts, reading: BackupReading, commands: number): void {
  if (facts.findings.some(({ exit }) => exit !== 0)) return
  if (total(reading.keys) === 0 && commands === 0) facts.found('REDIS_EMPTY', 'there is not one key in it')
}

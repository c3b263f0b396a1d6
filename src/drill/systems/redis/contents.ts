import type { RedisClient } from './server.ts'

export interface DatabaseContents {
  database: number
  keys: number
  /** `string: 12, hash: 3` */
  types: Record<string, number>
  /** Keys with a time to live. */
  expiring: number
}

export interface Contents {
  keys: number
  databases: DatabaseContents[]
  /** How many keys begin with this: `session:`. */
  matching(prefix: string): number
}

/** Words before the first colon that are remembered with their number of keys. */
const mostPrefixes = 10_000

/** Walks over every key of every database; names of keys stay here. */
export async function readContents(client: RedisClient, signal: AbortSignal): Promise<Contents> {
  const prefixes = new Map<string, number>()
  const databases: DatabaseContents[] = []
  const info = String(await client.sendCommand(['INFO', 'keyspace']))
  for (const [, number] of info.matchAll(/^db(\d+):/gm)) {
    const database = Number(number)
    await client.sendCommand(['SELECT', String(database)])
    const found: DatabaseContents = { database, keys: 0, types: {}, expiring: 0 }
    for await (const keys of client.scanIterator({ COUNT: 1000 })) {
      signal.throwIfAborted()
      await countKeys(client, keys, found, prefixes)
    }
    databases.push(found)
  }
  await client.sendCommand(['SELECT', '0'])
  return {
    keys: databases.reduce((sum, { keys }) => sum + keys, 0),
    databases,
    matching: (prefix) => [...prefixes].reduce((sum, [name, count]) => (matches(name, prefix) ? sum + count : sum), 0),
  }
}

const matches = (name: string, wanted: string): boolean => name === wanted || name === wanted.replace(/:\*?$/, '')

async function countKeys(
  client: RedisClient,
  keys: readonly string[],
  found: DatabaseContents,
  prefixes: Map<string, number>,
): Promise<void> {
  const answers = await Promise.all(keys.map((key) => Promise.all([client.type(key), client.pTTL(key)])))
  for (const [index, [type, left]] of answers.entries()) {
    if (type === 'none') continue
    found.keys++
    found.types[type] = (found.types[type] ?? 0) + 1
    if (left >= 0) found.expiring++
    const prefix = (keys[index] ?? '').split(':')[0] ?? ''
    if (prefixes.has(prefix) || prefixes.size < mostPrefixes) prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + 1)
  }
}

import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { finding } from '../findings.ts'
import { defineSystem, type SystemJob } from './define.ts'
import { type Contents, readContents } from './redis/contents.ts'
import { appendOnlyFiles } from './redis/files.ts'
import { startRedis } from './redis/server.ts'

/** A snapshot (RDB) or an append-only file of Redis: a server of its own loads it, and its keys are counted one by one. */
export const redisSystem = defineSystem({
  name: 'redis',
  summary: 'a scratch redis-server or valkey-server of this machine',
  async drill(job) {
    const { state, scratchDir } = job
    const { options, phases, evidence, findings } = state
    const dir = join(scratchDir, 'data')
    const isLog = job.reading.format === 'aof'
    await phases.run('provision', async () => {
      await mkdir(dir, { mode: 0o700 })
      if (isLog) await appendOnlyFiles(job.backup, dir)
      else await copyFile(job.backup, join(dir, 'dump.rdb'))
    })
    // With appendonly on, a server reads its log and never looks at a snapshot: it would start, answer PONG and be empty.
    const server = await phases.run('restore', () =>
      startRedis({
        dir,
        scratchDir,
        appendOnly: isLog,
        env: options.env,
        signal: options.signal,
        timeoutMs: options.statementTimeoutMs,
        leave: job.lease.leave,
      }),
    )
    try {
      evidence.engine = {
        kind: 'redis',
        version: server.version,
        sameMajor: null,
        proof: 'unknown',
        chosen: 'the backup is one of Redis',
      }
      const contents = await phases.run('prove', async (note) => {
        const found = await readContents(server.client, options.signal)
        note(`${found.keys} keys in ${found.databases.length} databases`)
        return found
      })
      evidence.rows = contents.keys
      evidence.tables = contents.databases.map(({ database, keys }) => ({ name: `db${database}`, rows: keys }))
      await phases.run('check', async () => {
        compare(job, contents)
        evidence.checks = { databases: contents.databases.length, keys: contents.keys }
      })
      await phases.run('probe', async () => {
        const key = `gatekit:probe:${state.drillId}`
        await server.client.set(key, '1')
        if ((await server.client.get(key)) !== '1')
          findings.push(
            finding('PROBE_FAILED', 'probe', 'what was written could not be read again', { object: 'redis' }),
          )
        await server.client.del(key)
        evidence.checks.writeProbes = 1
      })
    } finally {
      await server.stop()
    }
  },
})

/** Keys in the file against keys in the server; those whose time had run out are gone on purpose. */
function compare({ state, reading }: SystemJob, contents: Contents): void {
  const { findings, options } = state
  if (contents.keys === 0 && !(reading.keys ?? []).some(({ keys, expired }) => keys > 0 && keys === expired)) {
    findings.push(finding('REDIS_EMPTY', 'check', 'the restored Redis holds not one key', { object: 'keys' }))
    return
  }
  for (const { database, keys, expiring } of reading.keys ?? []) {
    const found = contents.databases.find((each) => each.database === database)?.keys ?? 0
    // A key with a time to live may run out at any moment between the reading of the file and now.
    if (found <= keys && found >= keys - expiring) continue
    const message = `database ${database}: ${keys} keys in the backup, ${expiring} of them with a time to live; ${found} restored`
    findings.push(finding('CONTENT_MISMATCH', 'check', message, { object: `db${database}` }))
  }
  for (const [name, least] of Object.entries(options.expectations.tables)) {
    const count = contents.matching(name)
    if (count >= least) continue
    const code = count === 0 ? 'TABLE_MISSING' : 'ROWS_BELOW_MIN'
    findings.push(
      finding(code, 'check', `${count} keys begin with ${name}, at least ${least} are required`, { object: name }),
    )
  }
}

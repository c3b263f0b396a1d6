import { Client } from '../../kernel/postgres-client.ts'
import { settingsOf } from '../engines/given.ts'
import { stop } from '../findings.ts'
import { openDatabase } from '../wire/open-database.ts'
import { readIdentity } from './identity.ts'
import { openSource, type Reach } from './source.ts'

/**
 * Throws TARGET_IS_SOURCE when a given target is on the cluster of the source, whatever the two URLs look like. Equal text is refused
 * before anything is contacted; `DATABASE_URL` counts as a source even when nobody named it as one.
 */
export async function assertNotSource(
  targetUrl: string,
  sourceUrl: string | undefined,
  env: NodeJS.ProcessEnv,
  reach: Reach,
): Promise<void> {
  const target = placeOf(targetUrl)
  const refused = (why: string) =>
    stop('TARGET_IS_SOURCE', 'preflight', `the target of the drill is its source: ${why}`, {
      object: databaseOf(targetUrl),
    })
  for (const url of [sourceUrl, env.DATABASE_URL]) {
    if (url && /^postgres(ql)?:/.test(url) && placeOf(url) === target)
      throw refused('both are the same server and database')
  }
  if (!sourceUrl) return
  const source = await openSource(sourceUrl, reach)
  try {
    const own = await readIdentity(source)
    const other = await openDatabase(settingsOf(targetUrl, reach)).catch((error: Error) => {
      throw stop(
        'ENGINE_UNAVAILABLE',
        'preflight',
        `the scratch server cannot be reached: ${error.message}`,
        {},
        { cause: error },
      )
    })
    try {
      const theirs = await readIdentity(other)
      if (theirs.systemIdentifier !== own.systemIdentifier) return
      const isSame = theirs.databaseOid === own.databaseOid
      throw refused(isSame ? 'both are the same database' : `both are on the cluster ${own.systemIdentifier}`)
    } finally {
      await other.close()
    }
  } finally {
    await source.close()
  }
}

/** Host, port and database, spelled one way. */
function placeOf(url: string): string {
  const { host, port } = new Client({ connectionString: url })
  const isHere = !host || /^(?:localhost|127\.0\.0\.1|::1|\[::1\]|\/.*)$/i.test(host)
  return `${isHere ? 'here' : host.toLowerCase()}:${port}/${databaseOf(url)}`
}

function databaseOf(url: string): string {
  const { database, user } = new Client({ connectionString: url })
  return database ?? user ?? ''
}

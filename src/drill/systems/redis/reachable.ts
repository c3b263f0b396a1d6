import { randomBytes } from 'node:crypto'
import { createClient } from '@redis/client'
import { type Finding, finding } from '../../findings.ts'

export interface RedisAnswer {
  findings: Finding[]
  /** Keys of the URL's database, when it answered. */
  keys?: number
}

/**
 * Whether a given Redis is there and holds anything: a server that lost its data answers PING as before. Only asked, never written to: it
 * may be the one in use.
 */
export async function askRedis(url: string, signal: AbortSignal): Promise<RedisAnswer> {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 10_000, reconnectStrategy: false },
  })
  // Errors reach us through the call that meets them.
  client.on('error', () => {})
  const stop = () => client.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await client.connect()
    const said = randomBytes(12).toString('hex')
    if (String(await client.sendCommand(['ECHO', said])) !== said)
      return unreachable('it answers something else than it was asked')
    const keys = await client.dbSize()
    if (keys > 0) return { findings: [], keys }
    const { pathname } = new URL(url)
    const database = pathname.slice(1) || '0'
    const message = `Redis answers, and its database ${database} holds not one key`
    return { findings: [finding('REDIS_EMPTY', 'probe', message, { object: `db${database}` })], keys }
  } catch (error) {
    signal.throwIfAborted()
    return unreachable(reasonOf(error))
  } finally {
    signal.removeEventListener('abort', stop)
    if (client.isOpen) client.destroy()
  }
}

const unreachable = (why: string): RedisAnswer => ({
  findings: [finding('REDIS_UNREACHABLE', 'probe', `Redis cannot be asked: ${why}`, { object: 'redis' })],
})

/** The first words of Redis' own errors say what it is; what follows may repeat a name. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code) return code
  return /^(?:WRONGPASS|NOAUTH|NOPERM|ERR|LOADING|MISCONF)\b/.exec(message)?.[0] ?? 'it does not answer'
}

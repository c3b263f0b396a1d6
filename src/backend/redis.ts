import type { Answer } from './payments/work.ts'

/** Redis beside the database: who listens on `payments` hears of changes at once. Nothing depends on it but the news. */
export interface RedisLink {
  /** Tells whoever listens; never waits and never fails. */
  announce(answer: Answer): void
  /** Rejects when Redis does not answer. */
  ping(): Promise<unknown>
  close(): Promise<void>
}

/** Connects in the background: the backend starts without Redis, and health says that it is missing. */
export async function openRedis(url: string): Promise<RedisLink> {
  const { createClient } = await import('@redis/client')
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 1_500 } })
  client.on('error', () => {})
  client.connect().catch(() => {})
  return {
    announce: (answer) => {
      const { status, payment_id, user_id } = answer
      client.publish('payments', JSON.stringify({ status, payment_id, user_id })).catch(() => {})
    },
    ping: () => client.ping(),
    close: async () => client.destroy(),
  }
}

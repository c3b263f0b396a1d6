import type { Sabotage } from '../define.ts'

/** Nobody there, and something that does not speak Redis. */
export const sabotageRedis: Sabotage = async (options, { deadUrl, answering }) => [
  { name: 'unreachable', options: { ...options, url: deadUrl.replace('http', 'redis') } },
  { name: 'no Redis', options: { ...options, url: (await answering(200)).replace('http', 'redis') } },
]

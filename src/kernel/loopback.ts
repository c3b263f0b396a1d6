import { isIP } from 'node:net'

/** True for 127.0.0.0/8, ::1, localhost and names below it, which by RFC 6761 never leave the machine. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(bare) === 4) return bare.startsWith('127.')
  if (isIP(bare) === 6) return bare === '::1'
  return bare === 'localhost' || bare.endsWith('.localhost')
}

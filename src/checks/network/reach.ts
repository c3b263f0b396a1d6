import { isIP } from 'node:net'

/** `--offline` is on and the host is not on this machine. */
export class OfflineRefusal extends Error {
  override readonly name = 'OfflineRefusal'
}

/**
 * Throws OfflineRefusal when a host must not be contacted. Decided by the name alone, before any look-up: asking a name server is
 * contact with the outside as well.
 */
export function checkReach(host: string, offline: boolean): void {
  if (!offline || isLoopback(host)) return
  throw new OfflineRefusal(`${host} is not on this machine and --offline is on`)
}

/** True for 127.0.0.0/8, ::1, localhost and names below it, which by RFC 6761 never leave the machine. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(bare) === 4) return bare.startsWith('127.')
  if (isIP(bare) === 6) return bare === '::1'
  return bare === 'localhost' || bare.endsWith('.localhost')
}

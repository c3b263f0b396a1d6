import { isLoopback } from '../../kernel/loopback.ts'

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

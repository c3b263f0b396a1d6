import { type Outcome, undecided } from '../define.ts'
import { MissingVariable } from '../options/reference.ts'
import { OfflineRefusal } from './reach.ts'

type Cause = NonNullable<Outcome['cause']>

/** What error codes of sockets, name look-ups and TLS mean to someone who did not write the client. */
const words: Record<string, string> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed while sending',
  ENOTFOUND: 'the host name has no address',
  EAI_AGAIN: 'the name server did not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'timed out',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  UND_ERR_CONNECT_TIMEOUT: 'timed out while connecting',
  UND_ERR_HEADERS_TIMEOUT: 'timed out waiting for the answer',
  UND_ERR_BODY_TIMEOUT: 'timed out in the middle of the answer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS: the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS: a certificate of the chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS: the certificate cannot be verified',
  CERT_HAS_EXPIRED: 'TLS: the certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS: the certificate is for another host',
}

/**
 * The ERROR that a failure to reach something is; never a FAIL, for nothing was judged. `what` names the target. Errors that are
 * neither of the network nor expected here are bugs and are thrown on.
 */
export function unreachable(what: string, error: unknown, signal: AbortSignal): Outcome {
  if (error instanceof MissingVariable || error instanceof OfflineRefusal) return undecided(error.message)
  if (signal.aborted) return stopped(what, signal)
  const code = codeOf(error)
  if (!code) throw error
  const cause: Cause = /TIMEDOUT|TIMEOUT/.test(code) ? 'timeout' : 'connect'
  return undecided(`${what}: ${words[code] ?? messageOf(error)} (${code})`, cause)
}

/** The ERROR of a check that was told to stop: its time was up, or the run ended. */
export function stopped(what: string, signal: AbortSignal): Outcome {
  const reason = signal.reason as Error | undefined
  const isTimeout = reason?.name === 'TimeoutError' || /time/i.test(reason?.message ?? '')
  return isTimeout ? undecided(`${what}: timed out`, 'timeout') : undecided(`${what}: interrupted`)
}

/** The code of an error or of what caused it: undici and pg wrap the socket's own error, sometimes several of them. */
export function codeOf(error: unknown): string | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) {
    const code = (each as NodeJS.ErrnoException).code
    if (typeof code === 'string') return code
    if (each instanceof AggregateError && each.errors.length > 0) return codeOf(each.errors[0])
  }
  return undefined
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

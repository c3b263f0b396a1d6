import { isIP } from 'node:net'

/**
 * Why an event is not sent to this URL; undefined when it is. Loopback is always allowed, any other host only when it was named by the
 * person who started the sandbox: an endpoint object copied from production must never make a test run call production.
 */
export function refusedAddress(url: string, allowedHosts: ReadonlySet<string> = new Set()): string | undefined {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    return 'the URL is not valid'
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return `${parsed.protocol} is not http: or https:`
  if (isLoopback(parsed.hostname) || allowedHosts.has(parsed.hostname)) return undefined
  return `${parsed.hostname} is not on this machine and was not allowed by name`
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) === 4) return host.startsWith('127.')
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost')
}

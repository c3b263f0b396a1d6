export interface Address {
  host: string
  port: number
}

/** Reads `host:port->host:port`; a missing host is 127.0.0.1. Undefined for anything else. */
export function parseProxy(text: string): { listen: Address; forward: Address } | undefined {
  const [from, to, ...rest] = text.split('->').map((part) => parseAddress(part.trim()))
  return from && to && rest.length === 0 ? { listen: from, forward: to } : undefined
}

function parseAddress(text: string): Address | undefined {
  const match = /^(?:([\w.-]+|\[[0-9a-fA-F:]+\]):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (!match || port < 1 || port > 65_535) return undefined
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port }
}

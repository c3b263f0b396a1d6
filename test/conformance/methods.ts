import type { Stripe } from 'stripe'

export type Method = (...args: unknown[]) => Promise<object>

/** Every method of every resource of the SDK's client, by its path on the client (`checkout.sessions.create`): found by looking, not listed. */
export function methodsOf(stripe: Stripe): Map<string, Method> {
  const found = new Map<string, Method>()
  collect(stripe as unknown as Record<string, unknown>, '', found, 0)
  return found
}

/** What of the client is not a resource, and the way back from a resource to the client. */
const notResources = new Set(['errors', 'stripe', 'webhooks'])

function collect(holder: object, path: string, found: Map<string, Method>, depth: number): void {
  for (const [name, value] of Object.entries(holder)) {
    const isSkipped = name.startsWith('_') || notResources.has(name) || typeof value !== 'object' || value === null
    if (isSkipped || depth > 5) continue
    const at = path === '' ? name : `${path}.${name}`
    const resource = value as Record<string, Method>
    if ('_makeRequest' in resource)
      for (const method of ownMethods(resource)) found.set(`${at}.${method}`, resource[method]!.bind(resource))
    collect(resource, at, found, depth + 1)
  }
}

const ownMethods = (resource: Record<string, unknown>): string[] =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(resource)).filter(
    (name) => name !== 'constructor' && !name.startsWith('_') && typeof resource[name] === 'function',
  )

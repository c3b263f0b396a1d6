import { createRequire } from 'node:module'
import type * as Pg from 'pg'

/**
 * The client of `pg`. While it loads it asks whether this is a Cloudflare worker; where there is no `navigator`, as before Node 21, it makes a Response to
 * find out, and with that loads all of Node's fetch, which costs more than all the rest. So it finds the navigator of a newer Node.
 */
export const { Client, Pool } = withNavigator(() => createRequire(import.meta.url)('pg') as typeof Pg)

function withNavigator<T>(load: () => T): T {
  if ('navigator' in globalThis) return load()
  Object.defineProperty(globalThis, 'navigator', {
    value: { userAgent: `Node.js/${process.versions.node.split('.')[0]}` },
    configurable: true,
  })
  try {
    return load()
  } finally {
    Reflect.deleteProperty(globalThis, 'navigator')
  }
}

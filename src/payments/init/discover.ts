import type { Asked } from './ask.ts'

export type Ask = (method: 'GET' | 'POST', path: string) => Promise<Asked | undefined>

export interface Listing {
  /** With {user} and {payment}. */
  path: string
  /** Where the list is in the answer. */
  list: string
}

/** What a running backend shows of itself. */
export interface Discovery {
  ready?: string
  stripe?: string
  paypal?: string
  grants?: Listing
  payment?: string
  audit?: Listing
  status?: string
  checkout?: string
  notify?: string
}

const readiness = ['/health', '/healthz', '/ready', '/readyz', '/health/ready', '/api/health', '/status', '/']
const stripePaths = [
  '/webhooks/stripe',
  '/webhook/stripe',
  '/stripe/webhook',
  '/stripe/webhook/',
  '/stripe/webhooks',
  '/api/webhooks/stripe',
  '/api/stripe/webhook',
  '/api/stripe/webhooks',
  '/v1/webhooks/stripe',
  '/webhooks/payments',
  '/webhooks',
  '/webhook',
]
const paypalPaths = stripePaths
  .filter((path) => path.includes('stripe'))
  .map((path) => path.replace('stripe', 'paypal'))
const grantPaths = [
  'cards',
  'grants',
  'entitlements',
  'purchases',
  'items',
  'licenses',
  'orders',
  'subscription',
  'credits',
].flatMap((thing) => [`/users/{user}/${thing}`, `/api/users/{user}/${thing}`])
const paymentPaths = ['/payments/{payment}', '/api/payments/{payment}', '/orders/{payment}']
const auditPaths = ['/audit?target={payment}', '/api/audit?target={payment}', '/audit', '/audit-logs', '/api/audit']
const checkoutPaths = ['/checkout', '/api/checkout', '/subscription/checkout', '/stripe/create-checkout-session/']
const notifyPaths = ['/api/notify_ext/send', '/notify/send', '/api/notify']

/**
 * Looks at a running backend from outside: its own description (OpenAPI) where it has one, then what answers under usual paths. Reads,
 * and posts `{}` without a signature to what may be a webhook: that is no event anywhere.
 */
export async function discover(ask: Ask): Promise<Discovery> {
  const described = await describedPaths(ask)
  const like = (pattern: RegExp) => described.filter((path) => pattern.test(path))
  const [ready, stripe, paypal, grants, payment, audit, status, checkout, notify] = await Promise.all([
    firstOk(ask, [...like(/health|ready/i), ...readiness]),
    firstHook(ask, [...like(/stripe.*(hook|event)|hook.*stripe/i), ...stripePaths]),
    firstHook(ask, [...like(/paypal.*(hook|event)|hook.*paypal/i), ...paypalPaths]),
    firstListing(ask, [...like(/\{user\}/i), ...grantPaths]),
    firstKnown(ask, [...like(/payments?\/\{payment\}/i), ...paymentPaths]),
    firstListing(ask, [...like(/audit/i), ...auditPaths]),
    firstOk(ask, [...like(/\/status$/i), '/status', '/api/status']),
    firstPost(ask, [...like(/checkout/i), ...checkoutPaths]),
    firstPost(ask, [...like(/notify|mail/i), ...notifyPaths]),
  ])
  const found = { ready, stripe, paypal, grants, payment, audit, status, checkout, notify }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Discovery
}

/** Parameters that name a user or a payment get our names; a path with any other parameter cannot be asked for. */
async function describedPaths(ask: Ask): Promise<string[]> {
  for (const path of ['/openapi.json', '/swagger.json', '/api/openapi.json', '/docs/json']) {
    const document = (await ask('GET', path))?.json as { paths?: Record<string, unknown> } | undefined
    if (typeof document?.paths !== 'object' || document.paths === null) continue
    return Object.keys(document.paths)
      .map((each) =>
        each
          .replace(/\{\w*(user|customer|account)\w*\}/i, '{user}')
          .replace(/\{\w*(payment|purchase)\w*\}/i, '{payment}'),
      )
      .filter((each) => !/\{(?!user\}|payment\})/.test(each))
  }
  return []
}

const nobody = (path: string): string =>
  path.replace('{user}', 'gatekit-nobody').replace('{payment}', 'pi_gatekitnobody')

const isOk = (asked: Asked | undefined): boolean => asked !== undefined && asked.status >= 200 && asked.status < 300

async function first<Found>(paths: readonly string[], look: (path: string) => Promise<Found | undefined>) {
  for (const path of new Set(paths)) {
    const found = await look(path)
    if (found !== undefined) return found
  }
  return undefined
}

const firstOk = (ask: Ask, paths: readonly string[]) =>
  first(paths, async (path) => (isOk(await ask('GET', nobody(path))) ? path : undefined))

/** A webhook refuses what is not signed, by any means but "not found". */
const firstHook = (ask: Ask, paths: readonly string[]) =>
  first(paths, async (path) => {
    const status = (await ask('POST', path))?.status ?? 404
    return [404, 405, 501].includes(status) ? undefined : path
  })

/** Refusing an empty body is as good as an answer. */
const firstPost = (ask: Ask, paths: readonly string[]) =>
  first(paths, async (path) => {
    const status = (await ask('POST', path))?.status ?? 404
    return [400, 401, 403, 409, 415, 422].includes(status) ? path : undefined
  })

/** One that says "not found" in JSON for a stranger, and differently from a path that is not there at all, is known. */
const firstKnown = async (ask: Ask, paths: readonly string[]) => {
  const missing = await ask('GET', '/gatekit-no-such-path/x')
  return first(paths, async (path) => {
    const asked = await ask('GET', nobody(path))
    if (asked === undefined) return undefined
    const differs = asked.status !== missing?.status || JSON.stringify(asked.json) !== JSON.stringify(missing?.json)
    return isOk(asked) || (differs && asked.status === 404) ? path : undefined
  })
}

const firstListing = (ask: Ask, paths: readonly string[]) =>
  first(paths, async (path): Promise<Listing | undefined> => {
    const asked = await ask('GET', nobody(path))
    if (!isOk(asked) || typeof asked?.json !== 'object' || asked.json === null) return undefined
    if (Array.isArray(asked.json)) return { path, list: '$' }
    const key = Object.entries(asked.json).find(
      ([name, value]) => Array.isArray(value) && /^[A-Za-z_]\w*$/.test(name),
    )?.[0]
    return key === undefined ? undefined : { path, list: `$.${key}` }
  })

import { actingAccount } from '../connect/access-token.ts'
import { StripeError } from '../error.ts'
import { type HttpAnswer, type HttpRequest, header, jsonAnswer } from '../http.ts'
import { authenticate } from '../protocol/auth.ts'
import { assertRoutes } from './assert.ts'
import { clockRoutes } from './clock.ts'
import { type ControlParts, type ControlRoutes, Refused } from './define.ts'
import { eventRoutes } from './events.ts'
import { faultRoutes } from './faults.ts'
import { journalRoutes } from './journal.ts'
import { resetRoutes } from './reset.ts'
import { seedRoutes } from './seed.ts'
import { snapshotRoutes } from './snapshot.ts'
import { webhookRoutes } from './webhooks.ts'

const routes: ControlRoutes = {
  ...assertRoutes,
  ...clockRoutes,
  ...eventRoutes,
  ...faultRoutes,
  ...journalRoutes,
  ...resetRoutes,
  ...seedRoutes,
  ...snapshotRoutes,
  ...webhookRoutes,
}

const prefix = '/_gatekit/'

export const isControl = ({ url }: HttpRequest): boolean => url.startsWith(prefix)

/** `/_gatekit/…`: what a test asks and does about the sandbox itself, for the account of the key in `Authorization`. */
export async function handleControl(request: HttpRequest, parts: ControlParts): Promise<HttpAnswer> {
  const url = new URL(request.url, 'http://localhost')
  const call = `${request.method} ${url.pathname}`
  try {
    if (call === `GET ${prefix}health`) return health(parts)
    const route = Object.hasOwn(routes, call) ? routes[call] : undefined
    if (!route) throw new Refused(404, `no ${call}`, { routes: [`GET ${prefix}health`, ...Object.keys(routes)] })
    const own = actingAccount(parts.accounts, authenticate(header(request, 'authorization')), request.method)
    const account = connected(parts, own.id, header(request, 'stripe-account'))
    return jsonAnswer(200, await route({ ...parts, request, query: url.searchParams, account }))
  } catch (error) {
    if (error instanceof Refused)
      return jsonAnswer(error.status, { error: { message: error.message, ...error.details } })
    if (error instanceof StripeError) return jsonAnswer(error.status, { error: error.fields })
    throw error
  }
}

function connected({ accounts }: ControlParts, own: string, id: string | undefined) {
  const account = accounts.find(id ?? own)
  if (account && (account.id === own || account.platform === own)) return account
  throw new Refused(403, `the account ${String(id).slice(0, 40)} is not connected to this key's`)
}

const health = ({ accounts, api, stripe }: ControlParts): HttpAnswer =>
  jsonAnswer(200, { status: 'ok', api, stripe, accounts: accounts.size })

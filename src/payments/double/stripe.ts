import type { Account } from '../../stripe/accounts.ts'
import { type HttpRequest, header, jsonAnswer } from '../../stripe/http.ts'
import { forgetIdentifiers } from '../../stripe/metering/events.ts'
import { authenticate } from '../../stripe/protocol/auth.ts'
import { createStripeSandbox } from '../../stripe/server.ts'
import type { CallJournal } from './calls.ts'
import { FaultScripts } from './faults.ts'
import { createPriceStand } from './stripe-prices.ts'
import { refuseAsStripe } from './stripe-refusals.ts'
import { createStripeWorld } from './stripe-world.ts'
import { providerPart, serveSurface } from './surface.ts'
import type { DoubleOptions, StripeDouble } from './types.ts'

/** Starts the Stripe surface: the sandbox's engine, in front of which calls are noted and faults happen. */
export async function startStripeDouble(
  options: DoubleOptions & { apiKey: string },
  journal: CallJournal,
): Promise<{ stripe: StripeDouble; close(): Promise<void> }> {
  const { apiKey, ports, seed, price } = options
  const sandbox = await createStripeSandbox({ ...(seed !== undefined && { seed }), idempotencyWindowMs: 3 })
  const { account: id } = authenticate(`Bearer ${apiKey}`)
  const account = (): Account => sandbox.accounts.open(id)
  const faults = new FaultScripts()
  const supplyPrices = createPriceStand(sandbox, account, apiKey, price)
  const listening = await serveSurface({
    provider: 'stripe',
    port: ports?.stripe ?? 0,
    journal,
    faults,
    async answer(request, call) {
      if (!isApi(call.path)) return jsonAnswer(404, { error: { message: `no ${call.method} ${call.path}` } })
      const own = asOwnAccount(request, apiKey)
      if (call.method === 'POST') await supplyPrices(call.params)
      const answer = await sandbox.handle(own)
      if (answer.headers['idempotent-replayed'] === 'true') call.replayed = true
      return answer
    },
    refuse: (refusal, request, call) => refuseAsStripe(refusal, request, call, account()),
  })
  sandbox.setPublicUrl(listening.url)
  const forget = (): void => {
    const { idempotency } = account().store
    for (const key of [...idempotency.keys()]) idempotency.forget(key)
    forgetIdentifiers(account())
  }
  return {
    stripe: {
      ...providerPart('stripe', listening, { journal, faults, forget }),
      apiKey,
      ...createStripeWorld(sandbox, account),
    },
    async close() {
      faults.clear()
      await listening.close()
      await sandbox.close()
    },
  }
}

/** Only the API is served: what steers the sandbox is not for the backend. */
const isApi = (path: string): boolean => path.startsWith('/v1/') || path.startsWith('/v2/')

/**
 * Whatever test key the backend has, it is this account's: a contract need not say under which name the key is configured.
 * A missing key, a publishable one and a live one are answered as Stripe answers them.
 */
function asOwnAccount(request: HttpRequest, apiKey: string): HttpRequest {
  const given = header(request, 'authorization')
  if (given === undefined || isOther(given)) return request
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${apiKey}` } }
}

function isOther(authorization: string): boolean {
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/, 2)
  const key = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8').split(':')[0] : value
  return !key || /^(pk_|[sr]k_live_)/.test(key)
}

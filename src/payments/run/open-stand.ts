import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import type { Contract } from '../contract/schema.ts'
import { startDouble } from '../double/start.ts'
import { createFreshIds } from '../model/ids.ts'
import { createNemesis } from '../nemesis/nemesis.ts'
import { createObserver } from '../observe/observer.ts'
import type { Stand } from '../rig/stand.ts'
import { startTarget } from '../target/start.ts'
import { makeSecrets, supplyTarget } from '../target/supplies.ts'
import type { EnvironmentChanges } from '../target/types.ts'

export interface StandSettings {
  contract: Contract
  /** The gate's own environment. */
  env: EnvironmentChanges
  smoke: boolean
  signal: AbortSignal
}

/** Starts everything around a backend and the backend itself; `close` ends all of it, in whatever state it is. */
export async function openStand(settings: StandSettings): Promise<{ stand: Stand; close(): Promise<void> }> {
  const { contract, env: own, smoke, signal } = settings
  // Every request that is under way listens.
  setMaxListeners(0, signal)
  const closers: (() => Promise<void>)[] = []
  async function close(): Promise<void> {
    for (const each of closers.splice(0).reverse()) await each()
  }
  try {
    const secrets = makeSecrets(contract, own)
    const { amount, currency } = contract.facts.purchase
    const double = await startDouble({
      apiKey: secrets.stripeApiKey,
      webhookId: secrets.paypalWebhookId,
      price: { amount, currency },
    })
    closers.push(() => double.close())
    const { clientId, clientSecret, url } = double.paypal
    const supplies = supplyTarget(contract, secrets, {
      stripe: double.stripe.url,
      paypal: { url, clientId, clientSecret },
    })
    const nemesis = await createNemesis(contract, { own })
    closers.push(() => nemesis.close())
    const target = await startTarget(contract, { own, supplies, signal })
    closers.push(() => target.stop())
    const observer = createObserver(contract, { own })
    closers.push(() => observer.close())
    const stand: Stand = {
      contract,
      supplies,
      double,
      observer,
      nemesis,
      target,
      fresh: createFreshIds(randomBytes(16).toString('hex')),
      smoke,
      signal,
      learnt: { lagMs: 20, subscriptionEventGrants: false, sound: [], subscriptions: false },
      aheadMs: 0,
      captures: 0,
      environment: 'usual',
      lateLooks: new Map(),
    }
    return { stand, close }
  } catch (error) {
    await close()
    throw error
  }
}

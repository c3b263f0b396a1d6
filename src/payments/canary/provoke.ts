import type { Attempt, Rig } from '../rig/define.ts'
import { type Canaries, createCanaries, type Exhibit } from './canaries.ts'

/** An answer of the backend to something that went wrong. */
export interface Provoked extends Exhibit {
  status: number | undefined
}

/**
 * Makes things go wrong in front of the backend and collects what it answers: forged and malformed webhooks, bad checkouts, a provider
 * that names the key in its refusal, a store that is away. Nothing else may go on meanwhile.
 */
export async function provoke(rig: Rig): Promise<Provoked[]> {
  const { providers, facts, target, policy } = rig.contract
  const found: Provoked[] = []
  const keep = (place: string, ...attempts: Attempt[]): void => {
    for (const { status, headers, body } of attempts)
      found.push({ place, status, text: `${JSON.stringify(headers)}\n${body}` })
  }
  const once = { attempts: 1, timeoutMs: policy.ackMs * 2 }
  for (const provider of rig.providers) {
    const deliver = async (what: string, options: Parameters<Rig['deliver']>[2]): Promise<void> => {
      const { attempts } = await rig.deliver(rig.payment({ provider }), 'cap', { ...once, ...options })
      keep(`the answer to ${what} (${provider})`, ...attempts)
    }
    await deliver('a webhook without signature', { signing: 'none' })
    await deliver('a webhook signed with another secret', { signing: 'other-secret' })
    await deliver('a webhook that is not JSON', { raw: '{"id":' })
    await deliver('a webhook without data', {
      raw: '{"id":"evt_gatekit","type":"payment_intent.succeeded","data":null}',
    })
    await refusing(rig, () => deliver('a webhook while the provider refuses the key', {}))
    if (rig.nemesis.db) await deliver('a webhook while the data store is away', { fault: 'db-down' })
  }
  const ask = async (method: string, path: string, body?: unknown): Promise<void> =>
    keep(`the answer to ${method} ${path}`, await rig.request({ method, path, ...(body !== undefined && { body }) }))
  if (facts.purchase.request) {
    const { method, path } = facts.purchase.request
    await refusing(rig, async () =>
      keep(`the answer to ${method} ${path} while the provider refuses the key`, await rig.checkout(rig.payment())),
    )
    await ask(method, path, '{"user":')
    await ask(method, path, {})
  }
  for (const path of new Set([
    providers.stripe?.webhook,
    providers.paypal?.webhook,
    target.ready,
    '/gatekit-no-such-path',
  ]))
    if (path !== undefined) await ask('GET', path)
  const status = await rig.observer.status()
  if (status) found.push({ place: 'the status endpoint', status: status.status, text: textOf(status) })
  return found
}

/** The provider answers `401 Invalid API Key provided: <key>` meanwhile, the key in full. */
async function refusing(rig: Rig, work: () => Promise<void>): Promise<void> {
  const { stripe, paypal } = rig.double
  const faults = [stripe, paypal].map((each) => each.arm({ on: '* *', then: '401', times: 'always' }))
  try {
    await work()
  } finally {
    for (const fault of faults) fault.disarm()
  }
}

const textOf = ({ headers = {}, body }: { headers?: Record<string, string>; body: string }): string =>
  `${JSON.stringify(headers)}\n${body}`

/** What the observers read since they were last asked, as exhibits. */
export const sightingsOf = (rig: Rig): Exhibit[] =>
  rig.observer.sightings().map((sighting) => ({ place: `observe.${sighting.observer}`, text: textOf(sighting) }))

/** The secrets that the gate handed over, and the keys that the backend showed the provider. */
export function canariesOf(rig: Rig): Canaries {
  const shown = new Set(rig.double.calls().flatMap(({ headers }) => credentialsIn(headers.authorization ?? '')))
  const known = new Set(rig.supplies.secrets.map(({ value }) => value))
  const own = [...shown].filter((value) => !known.has(value)).map((value) => ({ name: 'the API key', value }))
  return createCanaries([...rig.supplies.secrets, ...own])
}

/** Access tokens are made by the double anew and are no secret of the backend's. */
function credentialsIn(authorization: string): string[] {
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/, 2)
  if (scheme.toLowerCase() === 'bearer') return value.startsWith('sk_') || value.startsWith('rk_') ? [value] : []
  if (scheme.toLowerCase() !== 'basic') return []
  return Buffer.from(value, 'base64')
    .toString('utf8')
    .split(':')
    .filter((part) => part !== '')
}

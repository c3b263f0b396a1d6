import { randomBytes } from 'node:crypto'
import { createSigningKey } from '../../paypal/certificate.ts'
import { CallJournal } from './calls.ts'
import { startForeignListener } from './foreign.ts'
import { startPayPalDouble } from './paypal.ts'
import { startStripeDouble } from './stripe.ts'
import type { Double, DoubleOptions } from './types.ts'

/** Starts the providers' doubles on loopback. Ports and keys stay the same until `close`, however often the backend is restarted. */
export async function startDouble(options: DoubleOptions = {}): Promise<Double> {
  const journal = new CallJournal()
  const { apiKey = `sk_test_${randomText()}`, webhookId = `WH-${randomText().toUpperCase()}` } = options
  const keys = { own: createSigningKey(), foreign: createSigningKey() }
  const closers: (() => Promise<void>)[] = []
  const closeAll = async (): Promise<void> => {
    await Promise.allSettled(closers.splice(0).map((close) => close()))
  }
  const started = async <Part extends { close(): Promise<void> }>(starting: Promise<Part>): Promise<Part> => {
    const part = await starting
    closers.push(() => part.close())
    return part
  }
  const [stripe, paypal, foreign] = await Promise.allSettled([
    started(startStripeDouble({ ...options, apiKey }, journal)),
    started(startPayPalDouble({ ...options, webhookId }, journal, keys)),
    started(startForeignListener(keys.foreign, journal)),
  ])
  if (stripe.status === 'rejected' || paypal.status === 'rejected' || foreign.status === 'rejected') {
    await closeAll()
    throw [stripe, paypal, foreign].find((each) => each.status === 'rejected')?.reason
  }
  return {
    stripe: stripe.value.stripe,
    paypal: paypal.value.paypal,
    foreign: foreign.value.foreign,
    calls: (filter) => journal.list(filter),
    mark: () => journal.last,
    close: closeAll,
  }
}

/** Letters and digits only, as keys have them. */
const randomText = (): string =>
  randomBytes(32)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 32)

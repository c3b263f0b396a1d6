import { randomBytes } from 'node:crypto'
import { selectJson } from '../../kernel/json-path.ts'
import type { Request } from '../contract/request.ts'
import { fillJson, fillPath, fillRecord } from '../contract/template.ts'
import { pause } from '../deliver/pause.ts'
import type { ProviderCall } from '../double/types.ts'
import type { Attempt, PlainRequest, Rig } from '../rig/define.ts'
import { Unmeasurable } from '../rig/stand.ts'
import { customerCreated } from './customer-event.ts'

/** A customer of the backend with a meter, and what they are at the provider. */
export interface Consumer {
  customer: string
  meter: string
  providerCustomer: string
  providerMeter: string
  eventName: string
  /** Of the other tenant that the contract names. */
  isOther: boolean
}

export interface Batch {
  isCompleted: boolean
  isFailed: boolean
  error: string | undefined
}

/** The backend's metering and the meters of the provider's double: usage goes in here and must come out there. */
export interface Meterage {
  /** Milliseconds: the beginning of the n-th window before the one that is under way. */
  window(before: number): number
  /** Somebody new whom neither side knows yet; `of` gives the same customer another meter. */
  stranger(options?: { of?: Consumer; isOther?: boolean; meter?: string }): Consumer
  /** The same, known to both sides, with the tenant's key stored. */
  consumer(options?: { of?: Consumer; isOther?: boolean }): Promise<Consumer>
  storeKey(isOther?: boolean): Promise<void>
  testKey(): Promise<Attempt>
  mapMeter(consumer: Consumer): Promise<Attempt>
  /** As requests, to send several at once. */
  meterRequest(consumer: Consumer): PlainRequest
  customerRequest(consumer: Consumer): PlainRequest
  mapCustomer(consumer: Consumer): Promise<Attempt>
  /** Usage at a moment in epoch milliseconds; what the backend does not take cannot be measured. */
  use(consumer: Consumer, quantity: number, at: number): Promise<void>
  sync(consumer: Consumer, from: number, to: number, options?: { force?: boolean; byMeter?: boolean }): Promise<Attempt>
  /** What the provider counts. */
  total(consumer: Consumer): number
  /** Waits until it counts so much and a while longer, or the contract's settle_ms are over. */
  settle(consumer: Consumer, want: number): Promise<number>
  batches(consumer: Consumer): Promise<Batch[]>
  /** Waits until a batch is as wanted; false where none became so. */
  settleBatch(consumer: Consumer, want: (batch: Batch) => boolean): Promise<boolean>
  /** Reports of this customer's usage that the provider was sent, refused ones included. */
  calls(consumer: Consumer): ProviderCall[]
}

export function openMeterage(rig: Rig): Meterage {
  const { contract, double, observer, supplies } = rig
  const { metering } = contract.facts
  if (!metering) throw new Unmeasurable('the contract has no facts.metering')
  const windowMs = metering.windowMinutes * 60_000

  const requestOf = (
    { method, path, headers, body }: Request,
    fillings: Record<string, string | number | boolean>,
    isOther = false,
  ): PlainRequest => {
    const texts = Object.fromEntries(Object.entries(fillings).map(([name, value]) => [name, String(value)]))
    const tenant = isOther ? metering.other?.headers : metering.headers
    return {
      method,
      path: fillPath(path, texts),
      headers: { ...tenant, ...headers },
      body: fillJson(body, fillings),
      timeoutMs: 30_000,
    }
  }
  const fillingsOf = ({ customer, meter, providerCustomer, eventName }: Consumer) => ({
    customer,
    meter,
    provider_customer: providerCustomer,
    event_name: eventName,
  })
  const taken = async (what: string, answer: Promise<Attempt>): Promise<void> => {
    const { outcome, status, trouble } = await answer
    if (outcome !== 'ok') throw new Unmeasurable(`${what} was answered ${status ?? trouble}`)
  }

  const meterage: Meterage = {
    window: (before) => Math.floor(Date.now() / windowMs) * windowMs - before * windowMs,
    stranger({ of, isOther = of?.isOther ?? false, meter = '' } = {}) {
      const random = randomBytes(8).toString('hex')
      const made: Consumer = {
        customer: of?.customer ?? `client_${random}`,
        meter: `meter_${meter}${random}`,
        providerCustomer: of?.providerCustomer ?? `cus_${random}`,
        providerMeter: `mtr_test_${random}`,
        eventName: `meter.${random}`,
        isOther,
      }
      const created = Math.floor(Date.now() / 1000)
      const metadata = fillRecord(metering.customer.metadata, { customer: made.customer })
      if (!of) double.stripe.put({ id: made.providerCustomer, object: 'customer', metadata, livemode: false, created })
      double.stripe.put({
        id: made.providerMeter,
        object: 'billing.meter',
        event_name: made.eventName,
        display_name: 'A meter of the gate',
        status: 'active',
        default_aggregation: { formula: 'sum' },
        customer_mapping: { event_payload_key: 'stripe_customer_id', type: 'by_id' },
        value_settings: { event_payload_key: 'value' },
        livemode: false,
        created,
      })
      return made
    },
    async consumer(options = {}) {
      const made = meterage.stranger(options)
      await meterage.storeKey(made.isOther)
      await taken('facts.metering.meter', meterage.mapMeter(made))
      if (!options.of) await taken('facts.metering.customer', meterage.mapCustomer(made))
      return made
    },
    storeKey: (isOther) =>
      taken('facts.metering.config', rig.request(requestOf(metering.config, { api_key: testKey() }, isOther))),
    testKey: () => rig.request(requestOf(metering.test ?? metering.config, { api_key: testKey() })),
    meterRequest: (consumer) => requestOf(metering.meter, fillingsOf(consumer), consumer.isOther),
    mapMeter: (consumer) => rig.request(meterage.meterRequest(consumer)),
    customerRequest(consumer) {
      const { request, webhook, metadata } = metering.customer
      if (request) return requestOf(request, fillingsOf(consumer), consumer.isOther)
      const path = (consumer.isOther ? metering.other?.webhook : undefined) ?? webhook!
      const filled = fillRecord(metadata, { customer: consumer.customer })
      return customerCreated(path, { id: consumer.providerCustomer, metadata: filled }, supplies.stripeSecrets)
    },
    mapCustomer: (consumer) => rig.request(meterage.customerRequest(consumer)),
    use: (consumer, quantity, at) =>
      taken(
        'facts.metering.event',
        rig.request(
          requestOf(
            metering.event,
            {
              ...fillingsOf(consumer),
              quantity,
              type: 'increment',
              id: randomBytes(9).toString('hex'),
              at: new Date(at).toISOString(),
            },
            consumer.isOther,
          ),
        ),
      ),
    sync(consumer, from, to, { force = false, byMeter = false } = {}) {
      const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), force }
      const request = (byMeter && metering.syncMeter) || metering.sync
      return rig.request(requestOf(request, { ...fillingsOf(consumer), ...range }, consumer.isOther))
    },
    total: ({ providerMeter, providerCustomer }) =>
      double.stripe.usage(providerMeter, providerCustomer).reduce((sum, { value }) => sum + Number(value), 0),
    async settle(consumer, want) {
      const holdMs = Math.min(400, Math.max(60, 1.5 * rig.lagMs))
      const end = performance.now() + contract.policy.settleMs
      let since: number | undefined
      for (;;) {
        const total = meterage.total(consumer)
        const now = performance.now()
        since = total === want ? (since ?? now) : undefined
        const isDone = (since !== undefined && now - since >= holdMs) || total > want
        if (isDone || now > end || rig.signal.aborted) {
          rig.note(`the provider counts ${total}`, { isPlayable: false })
          return total
        }
        await pause(15)
      }
    },
    async batches({ customer, meter }) {
      const { batches } = contract.observe
      if (!batches) throw new Unmeasurable('the contract has no observe.batches')
      const at = (item: unknown, path: string | undefined): unknown => path && selectJson(item, path)[0]?.value
      return (await observer.listed('batches', { customer, meter })).map((item) => {
        const [status, error] = [at(item, batches.status), at(item, batches.error)]
        return {
          isCompleted: String(status) === batches.completed,
          isFailed: String(status) === batches.failed,
          error: error === undefined || error === null ? undefined : String(error),
        }
      })
    },
    async settleBatch(consumer, want) {
      const end = performance.now() + contract.policy.settleMs
      for (;;) {
        if ((await meterage.batches(consumer)).some(want)) return true
        if (performance.now() > end || rig.signal.aborted) return false
        await pause(40)
      }
    },
    calls: ({ providerCustomer }) =>
      double.stripe.calls({ method: 'POST', path: '/*/billing/meter_event*', about: providerCustomer }),
  }
  return meterage
}

/** Looks like one, is the account of the double, and reaches nothing else. */
const testKey = (): string => `sk_test_51${randomBytes(24).toString('hex')}`

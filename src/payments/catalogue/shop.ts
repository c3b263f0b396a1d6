import { randomBytes } from 'node:crypto'
import { selectJson } from '../../kernel/json-path.ts'
import { holds, parseExpression } from '../contract/expression.ts'
import { pause } from '../deliver/pause.ts'
import type { Attempt, Rig } from '../rig/define.ts'
import { Unmeasurable } from '../rig/stand.ts'

export interface Ware {
  id: string
  metadata: Record<string, string>
  active: boolean
  amount: number | null
  currency: string
}

/** What the backend shows of a product. */
export interface Shown {
  isActive: boolean
  amount: number | undefined
  currency: string | undefined
  credits: string | undefined
}

/** A catalogue at the provider's double, and what the backend makes of it. */
export interface Shop {
  /** A product that can be sold, with changes; put at the provider, not told to the backend. */
  put(changes?: Partial<Ware>): Ware
  /** Takes everything away again that was put: a sync must not stumble over what another probe left. */
  clear(): void
  sync(): Promise<Attempt>
  shown(ware: Ware): Promise<Shown | undefined>
  /** Waits until the backend shows it as wanted, or the contract's settle_ms are over. */
  settle(ware: Ware, want: (shown: Shown | undefined) => boolean): Promise<Shown | undefined>
}

export function openShop(rig: Rig): Shop {
  const { contract, double, observer } = rig
  const { catalogue } = contract.facts
  const { products } = contract.observe
  if (!catalogue || !products) throw new Unmeasurable('the contract has no facts.catalogue or observe.products')
  const put: Ware[] = []
  const active = products.active === undefined ? undefined : parseExpression(products.active)

  async function shown({ id }: Ware): Promise<Shown | undefined> {
    const at = (item: unknown, path: string | undefined): unknown => path && selectJson(item, path)[0]?.value
    const item = (await observer.listed('products')).find((each) => at(each, products?.id) === id)
    if (item === undefined) return undefined
    const text = (path: string | undefined): string | undefined => {
      const value = at(item, path)
      return value === undefined || value === null ? undefined : String(value)
    }
    const amount = text(products?.amount)
    return {
      isActive: active ? holds(active, item) : true,
      amount: amount === undefined ? undefined : Number(amount),
      currency: text(products?.currency)?.toLowerCase(),
      credits: text(products?.credits),
    }
  }

  return {
    put(changes = {}) {
      const random = randomBytes(9).toString('hex')
      const ware: Ware = {
        id: `prod_${random}`,
        metadata: { ...catalogue.metadata },
        active: true,
        amount: 2500,
        currency: 'usd',
        ...changes,
      }
      put.push(ware)
      const price = priceOf(ware)
      const created = Math.floor(Date.now() / 1000)
      double.stripe.put(
        {
          id: ware.id,
          object: 'product',
          active: ware.active,
          name: 'A product of the gate',
          description: null,
          default_price: price,
          metadata: ware.metadata,
          livemode: false,
          created,
          updated: created,
          type: 'service',
        },
        {
          id: price,
          object: 'price',
          active: true,
          product: ware.id,
          currency: ware.currency,
          unit_amount: ware.amount,
          unit_amount_decimal: ware.amount === null ? null : String(ware.amount),
          billing_scheme: ware.amount === null ? 'tiered' : 'per_unit',
          type: 'one_time',
          recurring: null,
          metadata: {},
          livemode: false,
          created,
        },
      )
      return ware
    },
    clear() {
      for (const ware of put.splice(0)) {
        double.stripe.remove('product', ware.id)
        double.stripe.remove('price', priceOf(ware))
      }
    },
    sync: () => rig.request({ ...catalogue.sync, timeoutMs: 30_000 }),
    shown,
    async settle(ware, want) {
      const end = performance.now() + contract.policy.settleMs
      for (;;) {
        const now = await shown(ware)
        if (want(now) || performance.now() > end || rig.signal.aborted) return now
        await pause(40)
      }
    },
  }
}

const priceOf = ({ id }: Ware): string => `price_${id.slice(5)}`

/** A product that is as it should be is taken over as it is; without that nothing can be said of others. */
export async function plainWare(shop: Shop): Promise<Ware> {
  const ware = shop.put()
  const { outcome, status, trouble } = await shop.sync()
  if (outcome !== 'ok') throw new Unmeasurable(`facts.catalogue.sync was answered ${status ?? trouble}`)
  const shown = await shop.settle(ware, (each) => each?.amount === ware.amount)
  if (shown?.amount !== ware.amount) throw new Unmeasurable('a plain product was not taken over')
  return ware
}

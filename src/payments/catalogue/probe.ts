import type { ProbeDefinition } from '../probes/define.ts'
import type { Rig } from '../rig/define.ts'
import type { Outcome } from '../verdict.ts'
import { openShop, plainWare, type Shop, type Ware } from './shop.ts'

type Words = Pick<ProbeDefinition, 'id' | 'title' | 'rule' | 'guard' | 'example' | 'source'>

/** A probe of how products are taken over: one that is as it should be comes first. */
export const catalogueProbe = (
  words: Words,
  run: (shop: Shop, plain: Ware, rig: Rig) => Promise<Outcome>,
): ProbeDefinition => ({
  ...words,
  company: 'alone',
  absent: ({ facts }) => (facts.catalogue ? undefined : 'facts.catalogue'),
  needs: ({ observe, providers }) => {
    if (!observe.products) return 'observe.products'
    return providers.stripe?.apiBaseEnv ? undefined : 'providers.stripe.api_base_env'
  },
  async run(rig) {
    const shop = openShop(rig)
    try {
      return await run(shop, await plainWare(shop), rig)
    } finally {
      shop.clear()
    }
  },
})

export const oneWay = {
  text: 'Stripe, Products and prices',
  url: 'https://docs.stripe.com/products-prices/how-products-and-prices-work',
}

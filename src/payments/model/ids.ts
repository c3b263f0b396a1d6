import { createRandom } from '../../stripe/random.ts'
import type { ProviderName } from '../history/define.ts'
import type { Ids } from './terms.ts'

export interface FreshIds {
  /** A buyer that no history had before. */
  buyer(): { user: string; email: string }
  ids(provider: ProviderName, mode: 'test' | 'live'): Ids
  event(provider: ProviderName): string
}

/**
 * Ids as the providers make them. They must be new in every run, whatever its seed: a backend keeps what it saw, and the same ids a
 * second time would be duplicates.
 */
export function createFreshIds(nonce: string): FreshIds {
  const random = createRandom(nonce)
  const id = (prefix: string, length: number) => random.text(length, prefix)
  const paypal = (length: number) => random.text(length).toUpperCase()
  return {
    buyer() {
      const user = `u${random.text(11).toLowerCase()}`
      return { user, email: `${user}@example.com` }
    },
    ids(provider, mode) {
      const isPaypal = provider === 'paypal'
      const of = (prefix: string, length: number) => (isPaypal ? paypal(17) : id(prefix, length))
      const refund = of('re_3', 23)
      return {
        payment: of('pi_3', 23),
        charge: of('ch_3', 23),
        session: id(`cs_${mode}_a1`, 56),
        customer: id('cus_', 14),
        refund,
        full: refund,
        part: of('re_3', 23),
        rest: of('re_3', 23),
        dispute: isPaypal ? `PP-R-${paypal(3)}-${paypal(9)}` : id('du_1', 23),
        subscription: isPaypal ? `I-${paypal(12)}` : id('sub_1', 23),
        item: id('si_', 14),
        invoice: id('in_1', 23),
        renewal: id('in_1', 23),
        order: paypal(17),
        product: id('prod_', 14),
        recurringPrice: id('price_1', 23),
        paymentMethod: id('pm_1', 23),
        balanceTransaction: id('txn_3', 23),
      }
    },
    event: (provider) => (provider === 'paypal' ? `WH-${paypal(17)}-${paypal(17)}` : id('evt_1', 23)),
  }
}

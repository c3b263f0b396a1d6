import { type CheckoutKind, checkOut, controlCheckout, needsCheckout } from '../checkout/checkout.ts'
import { madeBy, payablesOf } from '../checkout/payables.ts'
import type { ProviderCall } from '../double/types.ts'
import type { Rig } from '../rig/define.ts'
import { green, type Outcome, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

const together = 4

/** Two taps on the button. */
export const d8 = defineProbe({
  id: 'D8',
  title: 'concurrent checkouts',
  rule: 'Checkouts of one user at the same time make one customer at the provider, and one session where one after the other do.',
  source: [
    { text: 'appstrate #1325' },
    { text: 'ai-saas-starter-kit #11: two customers, two subscriptions' },
    { text: 'flexprice 744f9b85e' },
  ],
  guard:
    'Several sessions for something that may be bought several times are only wrong where the same checkouts one after the other share ' +
    'one; sessions that were expired again do not count; what the losers are answered does not matter.',
  example: 'A customer that is looked up and created without a lock: four checkouts, four customers.',
  company: 'alone',
  needs: (contract) => needsCheckout(contract),
  async run(rig) {
    const kinds: CheckoutKind[] = rig.contract.facts.subscription?.request ? ['subscription', 'purchase'] : ['purchase']
    for (const kind of kinds) {
      const outcome = await tryKind(rig, kind)
      if (outcome) return outcome
    }
    return green(`${together} checkouts at once made one customer, and one session where one is shared`)
  },
})

async function tryKind(rig: Rig, kind: CheckoutKind): Promise<Outcome | undefined> {
  const control = await controlCheckout(rig, { kind })
  if ('missing' in control) return control.missing
  const again = await checkOut(rig, control.buyer, { kind })
  const sharesSession = kind === 'subscription' || (again.attempt.outcome === 'ok' && again.payables.length === 0)
  for (let round = 0; round < (rig.smoke ? 1 : 3); round++) {
    const buyer = kind === 'subscription' ? rig.subscription() : rig.payment()
    const mark = rig.double.mark()
    await rig.requests(Array.from({ length: together }, () => rig.checkoutRequest(buyer, { kind })))
    const calls = rig.double.calls({ after: mark })
    const customers = customersOf(calls).size
    if (customers > 1)
      return red(`${together} ${kind} checkouts of one user at once made several customers`, {
        want: '1 customer',
        got: 'more than 1 customer',
        harm: 'payments and subscriptions of one person are scattered over several customers',
      })
    if (sharesSession && openSessions(rig, calls) > 1)
      return red(`${together} ${kind} checkouts of one user at once began several payments`, {
        want: '1 payment that can be completed',
        got: 'more than 1',
        harm: 'the customer can pay twice',
      })
  }
  return undefined
}

const customersOf = (calls: readonly ProviderCall[]): Set<string> =>
  new Set(calls.filter(({ path }) => path === '/v1/customers').flatMap((call) => madeBy(call)?.id ?? []))

/** Those that could still be paid. */
function openSessions({ double }: Rig, calls: readonly ProviderCall[]): number {
  const ids = new Set(payablesOf(calls).map(({ id }) => id))
  return [...ids].filter((id) => {
    const session = double.stripe.get('checkout.session', id)
    return session === undefined || session.status === 'open'
  }).length
}

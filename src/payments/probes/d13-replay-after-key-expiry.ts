import { checkOut, controlCheckout, freshKey, needsKeyedCheckout } from '../checkout/checkout.ts'
import { madeBy } from '../checkout/payables.ts'
import { pause } from '../deliver/pause.ts'
import type { ProviderCall } from '../double/types.ts'
import { green, red, unmeasured, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** What is done in the background comes within this time. */
const lateMs = 600

/** The provider has forgotten the keys; what guards then is the backend's own memory. */
export const d13 = defineProbe({
  id: 'D13',
  title: 'repeated after the provider forgot the key',
  rule: 'Providers keep idempotency keys for a day; an operation that may come later again is guarded by the backend’s own records.',
  source: [
    {
      text: 'Stripe, Idempotent requests: keys are removed after 24 hours',
      url: 'https://docs.stripe.com/api/idempotent_requests',
    },
  ],
  guard:
    'Only a second refund is RED. A second unpaid session for one key is YELLOW: after a day the first has expired.',
  example: 'A webhook that is delivered again after three days and refunds again.',
  company: 'alone',
  needs: ({ providers }) =>
    providers.stripe && !providers.stripe.apiBaseEnv ? 'providers.stripe.api_base_env' : undefined,
  async run(rig) {
    const underpaid = rig.payment({ charged: { amount: Math.max(1, rig.contract.facts.purchase.amount - 100) } })
    const mark = rig.double.mark()
    await rig.deliver(underpaid, 'cap')
    await rig.settle(underpaid)
    const refunds = () => refundsIn(rig.double.calls({ after: mark }))
    const before = await moreThan(0, refunds)
    if (before.length > 0) {
      forget(rig.double)
      await rig.deliver(underpaid, 'cap')
      await rig.deliver(underpaid, 'cap', { copy: 2 })
      await rig.settle(underpaid)
      const after = await moreThan(before.length, refunds)
      if (after.length > before.length)
        return red('a payment was refunded again once the provider had forgotten the key', {
          want: '1 refund',
          got: 'more than 1',
          harm: 'money is given back twice',
        })
      return green('the backend refunded once, with and without the provider’s memory')
    }
    const missing = needsKeyedCheckout(rig.contract)
    if (missing)
      return unmeasured(`the backend writes nothing to the provider that could be repeated; needs ${missing}`)
    const control = await controlCheckout(rig)
    if ('missing' in control) return control.missing
    const buyer = rig.payment()
    const idempotencyKey = freshKey()
    await checkOut(rig, buyer, { idempotencyKey })
    forget(rig.double)
    const again = await checkOut(rig, buyer, { idempotencyKey })
    if (again.payables.length > 0)
      return yellow('a repeated checkout began another payment once the provider had forgotten the key')
    return green('a repeated checkout began nothing new, with and without the provider’s memory')
  },
})

/** Money may be given back a moment after the answer. */
async function moreThan(count: number, calls: () => ProviderCall[]): Promise<ProviderCall[]> {
  const until = performance.now() + lateMs
  while (calls().length <= count && performance.now() < until) await pause(20)
  return calls()
}

const refundsIn = (calls: readonly ProviderCall[]): ProviderCall[] =>
  calls.filter((call) => /\/refunds?$/.test(call.path) && madeBy(call))

function forget({ stripe, paypal }: { stripe: { forget(): void }; paypal: { forget(): void } }): void {
  stripe.forget()
  paypal.forget()
}

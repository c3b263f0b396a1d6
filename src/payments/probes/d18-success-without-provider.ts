import { type CheckedOut, checkOut, jsonOf, needsCheckout } from '../checkout/checkout.ts'
import type { FaultEffect } from '../double/types.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

const failures: readonly [what: string, effect: FaultEffect][] = [
  ['refuses the key', '401'],
  ['is not available', '503'],
  ['breaks the connection', 'drop'],
]

/** No provider, no payment; whoever is told otherwise gets the goods or waits for them. */
export const d18 = defineProbe({
  id: 'D18',
  title: 'checkout succeeds without the provider',
  rule: 'A checkout that began no payment at the provider is no success, whatever the provider’s trouble is.',
  source: [
    { text: 'securo #805: an error of the provider reported as success' },
    { text: 'Stripe, Error handling', url: 'https://docs.stripe.com/error-handling' },
  ],
  guard:
    'Any answer but 2xx is fine, at once or late. A backend that says mocked: true when nothing is wrong is not judged.',
  example: 'catch (error) { return { url: "/success", mocked: true } }',
  company: 'alone',
  needs: (contract) => needsCheckout(contract),
  async run(rig) {
    const control = await checkOut(rig, rig.payment())
    if (pretends(control) && jsonOf(control.attempt)?.mocked === false)
      return red('a checkout that says it is not mocked never called the provider', {
        want: 'a payment at the provider',
        got: `${control.attempt.status} with mocked: false, and none`,
        harm: 'buyers get to the success page without paying',
      })
    if (control.payables.length === 0) return unmeasured('a plain checkout began no payment at the provider')
    const on = control.payables[0]?.on ?? ''
    for (const [what, then] of failures) {
      const faults = [rig.double.stripe, rig.double.paypal].map((each) => each.arm({ on, then, times: 'always' }))
      const failed = await checkOut(rig, rig.payment())
      for (const fault of faults) fault.disarm()
      if (!pretends(failed)) continue
      return red(`a checkout succeeded although the provider ${what}`, {
        want: 'an answer other than 2xx',
        got: String(failed.attempt.status),
        harm: 'the buyer believes to have ordered, or gets to the success page without paying',
      })
    }
    return green('without the provider no checkout succeeded')
  },
})

const pretends = ({ attempt, payables }: CheckedOut): boolean => attempt.outcome === 'ok' && payables.length === 0

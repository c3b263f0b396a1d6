import { checkOut, controlCheckout, needsCheckout } from '../checkout/checkout.ts'
import { madeBy } from '../checkout/payables.ts'
import { pause } from '../deliver/pause.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** A retry in the background comes within this time. */
const lateMs = 400

/** The answer to a write is lost after the provider did it; who tries again must not do it twice. */
export const d9 = defineProbe({
  id: 'D9',
  title: 'provider write without idempotency key',
  rule: 'A write that is tried again after its answer was lost carries the same idempotency key, so that it happens once.',
  source: [
    { text: 'Stripe, Idempotent requests', url: 'https://docs.stripe.com/api/idempotent_requests' },
    { text: 'akash #3449: customers charged two or three times' },
    { text: 'woocommerce-stripe #3912, stripe-node #877' },
  ],
  guard: 'Only what one checkout makes is counted. Giving up is fine; the buyer’s own second try is not made.',
  example: 'An HTTP client that repeats a POST whose connection was cut, without a key.',
  company: 'alone',
  needs: (contract) => needsCheckout(contract),
  async run(rig) {
    const control = await controlCheckout(rig)
    if ('missing' in control) return control.missing
    const writes = [...new Set(control.calls.filter((call) => madeBy(call)).map(({ path }) => path))]
    for (const path of writes) {
      const buyer = rig.payment()
      const mark = rig.double.mark()
      const on = `POST ${path}`
      const faults = [rig.double.stripe, rig.double.paypal].map((each) => each.arm({ on, then: 'perform-then-drop' }))
      await checkOut(rig, buyer)
      await pause(lateMs)
      for (const fault of faults) fault.disarm()
      const calls = rig.double.calls({ after: mark, method: 'POST', path })
      const made = new Set(calls.flatMap((call) => madeBy(call)?.id ?? []))
      if (made.size > 1)
        return red(`POST ${path} was repeated after its answer was lost, and happened twice`, {
          want: '1 object at the provider',
          got: 'more than 1',
          harm: 'the customer is charged twice, or has two customers',
        })
    }
    return green('a write whose answer was lost happened once')
  },
})

import { checkOut, controlCheckout, needsCheckout } from '../checkout/checkout.ts'
import { pause } from '../deliver/pause.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** What is tried again in the background comes within this time. */
const lateMs = 1200

/** A refusal that no repetition changes. */
export const d17 = defineProbe({
  id: 'D17',
  title: 'decline retried',
  rule: 'A 402 is the bank’s answer; asking again does not change it and counts against the merchant.',
  source: [{ text: 'Stripe, Declines: do not retry automatically', url: 'https://docs.stripe.com/declines' }],
  guard: 'Any answer to the buyer but success is fine.',
  example: 'A client whose retry policy knows no difference between 402 and 503.',
  company: 'alone',
  needs: (contract) => needsCheckout(contract),
  async run(rig) {
    const control = await controlCheckout(rig)
    if ('missing' in control) return control.missing
    const { on, provider } = control.payable
    const fault = rig.double[provider].arm({ on, then: '402', times: 'always' })
    const { attempt } = await checkOut(rig, rig.payment())
    await pause(lateMs)
    const { met } = fault
    fault.disarm()
    if (met > 1)
      return red('a declined payment was tried again without anybody asking', {
        want: '1 call',
        got: 'more than 1',
        harm: 'banks and the provider take it for card testing',
      })
    if (attempt.outcome === 'ok')
      return red('a declined checkout was reported as successful', {
        want: 'an answer other than 2xx',
        got: String(attempt.status),
        harm: 'the buyer believes to have ordered',
      })
    return green('a decline was passed on after one call')
  },
})

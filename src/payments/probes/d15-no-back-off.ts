import { checkOut, controlCheckout, needsCheckout, worksAgain } from '../checkout/checkout.ts'
import { pause } from '../deliver/pause.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

const mostCalls = 5
const withinMs = 1000

/** The provider asks to come again later, and means it. */
export const d15 = defineProbe({
  id: 'D15',
  title: 'rate limit ignored',
  rule: 'A 429 means later: calls back off, the operation is not reported as done, and it works once the limit is over.',
  source: [
    { text: 'Stripe, Rate limits: exponential back-off', url: 'https://docs.stripe.com/rate-limits' },
    { text: 'dj-stripe #2127; securo #805: 429 reported as success; 3scale #4216' },
  ],
  guard: `Up to ${mostCalls} calls within a second are fine, and so is any answer other than 2xx; waiting until the limit is over is too, and a circuit breaker may stay open for half a minute.`,
  example: 'A loop that tries again at once until it works.',
  company: 'alone',
  needs: (contract) => needsCheckout(contract),
  async run(rig) {
    const control = await controlCheckout(rig)
    if ('missing' in control) return control.missing
    const { on, provider } = control.payable
    const double = rig.double[provider]
    const mark = rig.double.mark()
    const fault = double.arm({ on, then: '429' })
    const buyer = rig.payment()
    const limited = await checkOut(rig, buyer)
    if (limited.attempt.outcome !== 'ok') await pause(300)
    const calls = double.calls({ after: mark }).filter(({ fault: met }) => met === '429')
    fault.disarm()
    const [first] = calls
    const early = calls.filter(({ at }) => first && at - first.at < withinMs).length
    if (early > mostCalls)
      return red('the provider was called again and again while it limited the rate', {
        want: `at most ${mostCalls} calls in the first second`,
        got: `more than ${mostCalls}`,
        harm: 'the limit lasts longer, for everyone',
      })
    const made = [...limited.payables, ...(await checkOut(rig, buyer)).payables]
    if (limited.attempt.outcome === 'ok' && limited.payables.length === 0)
      return red('a checkout that the provider refused was reported as successful', {
        want: 'an answer other than 2xx, or a payment at the provider',
        got: `${limited.attempt.status} and no payment`,
        harm: 'the buyer believes to have ordered',
      })
    if (made.length > 0) return green('calls backed off, and the checkout worked once the limit was over')
    if (await worksAgain(rig)) return green('calls backed off, and checkouts worked once the limit was over')
    return red('checkouts did not work any more once the limit was over', {
      want: 'a payment at the provider',
      got: 'none for half a minute',
      harm: 'a short limit becomes an outage',
    })
  },
})

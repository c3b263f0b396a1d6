import { controlCheckout, freshKey, needsKeyedCheckout, redirectOf } from '../checkout/checkout.ts'
import { payablesOf } from '../checkout/payables.ts'
import { pause } from '../deliver/pause.ts'
import type { Attempt, PlainRequest, Rig } from '../rig/define.ts'
import { green, red, unmeasured, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

const together = 8

/** One request, sent by an impatient client eight times at once. */
export const d12 = defineProbe({
  id: 'D12',
  title: 'same idempotency key concurrently',
  rule: 'Requests with one key have one effect, also while the first is still being worked on.',
  source: [
    {
      text: 'IETF, The Idempotency-Key HTTP Header Field: 409 while the first is in progress',
      url: 'https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/',
    },
  ],
  guard: 'The losers may be refused with whatever code, as long as they succeed when they come again.',
  example: 'A key that is looked up before and stored after the purchase.',
  company: 'alone',
  needs: (contract) => needsKeyedCheckout(contract),
  async run(rig) {
    const control = await controlCheckout(rig)
    if ('missing' in control) return control.missing
    for (let round = 0; round < (rig.smoke ? 1 : 4); round++) {
      const buyer = rig.payment()
      const mark = rig.double.mark()
      const request = rig.checkoutRequest(buyer, { idempotencyKey: freshKey() })
      const attempts = await rig.requests(Array.from({ length: together }, () => request))
      const again = await later(rig, request)
      const made = payablesOf(rig.double.calls({ after: mark }))
      const ids = new Set(made.map(({ id }) => id))
      if (ids.size > 1)
        return red(`${together} requests with one key at once began several payments`, {
          want: '1 payment at the provider',
          got: 'more than 1',
          harm: 'the customer can pay twice',
        })
      const redirects = new Set([...attempts, again].flatMap((each) => redirectOf(each) ?? []))
      if (redirects.size > 1)
        return yellow('requests with one key were answered with different places to pay, of one payment')
      if (again.status === 429) return unmeasured('the backend limits how often a buyer may ask')
      if (again.outcome !== 'ok')
        return red('a request was still refused when it came again under its key', {
          want: 'the answer of the first',
          got: String(again.status ?? again.trouble),
          harm: 'the buyer cannot go on',
        })
    }
    return green(`${together} requests with one key at once began one payment`)
  },
})

/** The client comes again, and once more for who is still busy. */
async function later(rig: Rig, request: PlainRequest): Promise<Attempt> {
  let again = await rig.request(request)
  for (let tries = 0; tries < 3 && again.outcome !== 'ok'; tries++) {
    await pause(700)
    again = await rig.request(request)
  }
  return again
}

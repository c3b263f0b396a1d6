import { checkOut, controlCheckout, freshKey, needsCheckout, worksAgain } from '../checkout/checkout.ts'
import { green, red, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

const tries = 3

/** An error that the provider keeps under the key: the same key will never get anything else. */
export const d16 = defineProbe({
  id: 'D16',
  title: 'stored error replayed for ever',
  rule: 'The provider stores a 500 under the idempotency key; a later try of the buyer needs another key to succeed.',
  source: [
    {
      text: 'Stripe, Idempotent requests: results are saved whether they succeed or fail, 500 included',
      url: 'https://docs.stripe.com/api/idempotent_requests',
    },
  ],
  guard:
    'Only later tries of the buyer are judged. A backend that stores its own error under the buyer’s key is YELLOW if a new key works.',
  example: 'A provider key made of user and item: one bad moment of the provider, and this user cannot buy for a day.',
  company: 'alone',
  needs: (contract) => needsCheckout(contract),
  async run(rig) {
    const control = await controlCheckout(rig)
    if ('missing' in control) return control.missing
    const { on, provider } = control.payable
    const fault = rig.double[provider].arm({ on, then: '500' })
    const buyer = rig.payment()
    const isKeyed = rig.contract.facts.purchase.request?.idempotencyHeader !== undefined
    const options = freshOptions(isKeyed)
    const first = await checkOut(rig, buyer, options)
    fault.disarm()
    if (first.attempt.outcome === 'ok' && first.payables.length > 0)
      return green('the backend itself got past the error')
    for (let attempt = 0; attempt < tries; attempt++)
      if (worked(await checkOut(rig, buyer, options))) return green('a later try of the buyer succeeded')
    for (let attempt = 0; isKeyed && attempt < tries; attempt++)
      if (worked(await checkOut(rig, buyer, { idempotencyKey: freshKey() })))
        return yellow('a later try succeeds only under another key of the buyer’s')
    // A circuit breaker keeps everybody out for a while; what is stored under a key keeps this buyer out for ever.
    if ((await worksAgain(rig)) && worked(await checkOut(rig, buyer, freshOptions(isKeyed))))
      return green('a later try of the buyer succeeded')
    return red('one error of the provider keeps the buyer from ever succeeding', {
      want: 'a later try succeeds',
      got: `${tries} tries failed while the provider worked again`,
      harm: 'this buyer cannot buy until the provider forgets the key',
    })
  },
})

const freshOptions = (isKeyed: boolean) => (isKeyed ? { idempotencyKey: freshKey() } : {})

const worked = ({ attempt, payables }: Awaited<ReturnType<typeof checkOut>>): boolean =>
  attempt.outcome === 'ok' && payables.length > 0

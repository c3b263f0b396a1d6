import { checkOut, controlCheckout, freshKey, needsKeyedCheckout } from '../checkout/checkout.ts'
import { green, red, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** A key that was used for one purchase comes again with another. */
export const d11 = defineProbe({
  id: 'D11',
  title: 'same idempotency key, other request',
  rule: 'A key belongs to the request it was first used for; with another one it is refused.',
  source: [
    {
      text: 'IETF, The Idempotency-Key HTTP Header Field: 422 for a reused key',
      url: 'https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/',
    },
    { text: 'Stripe, Idempotent requests', url: 'https://docs.stripe.com/api/idempotent_requests' },
  ],
  guard:
    'The user stays the same and the item differs: keys may be counted per user. Any refusal is fine; other codes than 409 and 422 are YELLOW.',
  example: 'A cache of answers by key alone: who asks for the big pack is sent to pay for the small one.',
  company: 'alone',
  needs: (contract) =>
    needsKeyedCheckout(contract) ?? (contract.facts.alternatives.length > 0 ? undefined : 'facts.alternatives'),
  async run(rig) {
    const buyer = rig.payment()
    const other = rig.contract.facts.alternatives[0]?.set ?? {}
    const idempotencyKey = freshKey()
    const control = await controlCheckout(rig)
    if ('missing' in control) return control.missing
    const first = await checkOut(rig, buyer, { idempotencyKey })
    const second = await checkOut(rig, buyer, { idempotencyKey, changes: other })
    const { attempt } = second
    if (second.payables.length > 0)
      return red('a key that was used already was executed again for another item', {
        want: '409 or 422, and nothing at the provider',
        got: `${attempt.status ?? attempt.trouble}, and another payment begun`,
        harm: 'the key protects nothing',
      })
    if (attempt.outcome === 'ok' && first.attempt.outcome === 'ok')
      return red('a key that was used already gave the first item’s answer for another item', {
        want: '409 or 422',
        got: `${attempt.status}${first.attempt.body === attempt.body ? ' with the first answer' : ''}`,
        harm: 'the buyer pays for something else than was asked for',
      })
    if (attempt.status === 409 || attempt.status === 422) return green(`refused with ${attempt.status}`)
    return yellow(`another request under a used key was answered ${attempt.status ?? attempt.trouble}, not 409 or 422`)
  },
})

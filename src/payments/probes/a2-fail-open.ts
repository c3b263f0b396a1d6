import { acceptedForgery } from '../explore/forgeries.ts'
import { green, type Outcome } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a2 = defineProbe({
  id: 'A2',
  title: 'without a secret everything is accepted',
  rule: 'A backend that has no signing secret cannot tell who sends; it accepts nothing or does not start.',
  source: [{ text: 'genealogy-laravel #1602' }, { text: 'Cogtrix #119' }, { text: 'leopardo-hr #2758' }],
  guard: 'Refusing to start, 4xx and 5xx are all fine; only an effect is RED.',
  example: 'The check is attached only when the variable is set.',
  company: 'restarts',
  withoutBaseline: true,
  needs: ({ target }) => (target.start ? undefined : 'target.start'),
  async run(rig) {
    const { stripe, paypal } = rig.contract.providers
    const variants = [
      ...(stripe ? [{ provider: 'stripe' as const, name: stripe.secretEnv, value: undefined }] : []),
      ...(stripe ? [{ provider: 'stripe' as const, name: stripe.secretEnv, value: '' }] : []),
      ...(paypal ? [{ provider: 'paypal' as const, name: paypal.webhookIdEnv, value: undefined }] : []),
    ].filter(({ provider }) => rig.providers.includes(provider))
    for (const { provider, name, value } of variants) {
      const outcome = await rig.withEnvironment({ [name]: value }, { expectReady: false }, async ({ running }) => {
        if (!running) return undefined
        const ways =
          provider === 'stripe' ? (['none', 'empty-secret', 'garbage'] as const) : (['none', 'random'] as const)
        const reason = `with ${name} ${value === undefined ? 'unset' : 'empty'} an unsigned event takes effect`
        return acceptedForgery(rig, { ways, providers: [provider], reason })
      })
      if (outcome) return outcome satisfies Outcome
    }
    return green('without a secret nothing is accepted')
  },
})

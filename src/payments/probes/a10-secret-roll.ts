import { randomBytes } from 'node:crypto'
import { green, type Outcome, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a10 = defineProbe({
  id: 'A10',
  title: 'a secret cannot be rolled',
  rule: 'Where two secrets are configured, events signed with either take effect; a retired one no longer does.',
  source: [
    { text: 'Stripe, Roll endpoint signing secrets', url: 'https://docs.stripe.com/webhooks#roll-endpoint-secrets' },
  ],
  guard: 'Only where the contract says that the variable may hold several secrets.',
  example: 'The variable is used as it is, separator included, or only its first part.',
  company: 'restarts',
  needs: ({ providers, target }) => {
    if (!providers.stripe?.secretSeparator) return 'providers.stripe.secret_separator'
    return target.start ? undefined : 'target.start'
  },
  async run(rig) {
    const { secretEnv, secretSeparator } = rig.contract.providers.stripe!
    const [old = ''] = rig.supplies.stripeSecrets
    const fresh = `whsec_${randomBytes(24).toString('hex')}`
    const both = [fresh, old].join(secretSeparator)
    const refused = await rig.withEnvironment({ [secretEnv]: both }, { expectReady: true }, async () => {
      for (const [secret, which] of [
        [fresh, 'new'],
        [old, 'old'],
      ] as const) {
        const buyer = rig.payment({ provider: 'stripe' })
        await rig.deliver(buyer, 'cap', { secrets: [secret] })
        const outcome = await rig.judge(
          buyer,
          `while two secrets are active, one signed with the ${which} one is refused`,
        )
        if (outcome) return outcome
      }
      return undefined
    })
    if (refused) return refused
    const kept = await rig.withEnvironment({ [secretEnv]: fresh }, { expectReady: true }, async () => {
      const buyer = rig.payment({ provider: 'stripe' })
      const nothing = buyer.want()
      await rig.deliver(buyer, 'cap', { secrets: [old], signing: 'genuine', attempts: 1 })
      const outcome = await rig.judge(buyer, 'an event signed with a retired secret takes effect', nothing)
      return outcome && red(outcome.reason, outcome)
    })
    return kept ?? (green('secrets can be rolled') satisfies Outcome)
  },
})

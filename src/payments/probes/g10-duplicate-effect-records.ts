import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Deliveries may be recorded as often as they come; what they did happened once. */
export const g10 = defineProbe({
  id: 'G10',
  title: 'effect recorded more than once',
  rule: 'One capture and one refund have one effect record each, however often they are delivered.',
  source: [{ text: 'websnag #81' }],
  guard: 'Only records of the event that the contract names for the effect; records of deliveries are free.',
  example: 'Three deliveries, three gateway_capture records, one pack.',
  company: 'shared',
  needs: ({ observe }) => {
    if (!observe.audit) return 'observe.audit'
    return observe.audit.effects?.capture || observe.audit.effects?.refund ? undefined : 'observe.audit.effects'
  },
  async run(rig) {
    const effects = rig.contract.observe.audit?.effects ?? {}
    for (const provider of rig.providers) {
      const buyer = rig.payment({ provider })
      for (const event of ['cap', 'full'] as const) {
        await rig.deliver(buyer, event)
        await rig.settle(buyer)
        await rig.deliver(buyer, event)
        await rig.deliver(buyer, event, { copy: 2 })
        const name = event === 'cap' ? effects.capture : effects.refund
        if (name === undefined) continue
        const of = (audit: readonly { event?: string }[] = []): number =>
          audit.filter((each) => each.event === name).length
        const { observation } = await rig.observer.settle(buyer, {
          want: ({ audit }) => of(audit) === 1,
          holdMs: Math.max(60, 3 * rig.lagMs),
        })
        const count = of(observation.audit)
        if (observation.audit === undefined || count === 1) continue
        return red(
          `one ${provider} ${event === 'cap' ? 'capture' : 'refund'} has ${count === 0 ? 'no effect record' : 'several effect records'}`,
          {
            want: `1 record ${name}`,
            got: count === 0 ? 'none' : 'more than 1',
            harm: 'the books show more or less than happened',
          },
        )
      }
    }
    return green('one effect, one record')
  },
})

import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** The log that tells about money must not move any. */
export const g11 = defineProbe({
  id: 'G11',
  title: 'a fault of the audit log changes what was bought',
  rule: 'When the audit log cannot be written, an event has its effect once or is refused, and once the log works again it is on record.',
  source: [{ text: 'card-pack backends: the record came after the grant, and its error led to a second grant' }],
  guard: 'Refusing and going on are both fine; the event is delivered again until it is acknowledged.',
  example: 'Goods are granted and committed, the record fails, the answer is 500, and the retry grants again.',
  company: 'alone',
  absent: ({ control }) => (control.audit ? undefined : 'control.audit'),
  needs: () => undefined,
  async run(rig) {
    for (const provider of rig.providers) {
      const buyer = rig.payment({ provider })
      await rig.deliver(buyer, 'cap', { fault: 'audit-down' })
      const captured = await rig.judge(buyer, 'a capture that met a fault of the audit log does not end as it must')
      if (captured) return captured
      await rig.deliver(buyer, 'full', { fault: 'audit-down' })
      const refunded = await rig.judge(buyer, 'a refund that met a fault of the audit log does not end as it must')
      if (refunded) return refunded
      if (!rig.contract.observe.audit) continue
      const { reached, observation } = await rig.observer.settle(buyer, { want: ({ audit = [] }) => audit.length > 0 })
      if (reached || observation.audit === undefined) continue
      return red('what happened during a fault of the audit log is not on record afterwards', {
        want: 'a record of the payment',
        got: 'none',
        harm: 'nobody can tell later what happened to the money',
      })
    }
    return green('a fault of the audit log moves no money')
  },
})

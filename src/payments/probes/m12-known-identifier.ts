import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const m12 = defineProbe(
  meteringProbe(
    {
      id: 'M12',
      title: 'a known identifier is taken for a failure',
      rule: 'The answer that an identifier is known means that this usage was counted: neither again nor never.',
      source: [meterEvents, { text: 'langfuse #16292: such answers stalled billing' }],
      guard:
        'RED only where usage is lost or doubled or sent for ever; with duplicate_identifier: failed it may stay failed.',
      example: 'A new identifier for every retry',
      company: 'alone',
    },
    async (meterage, rig) => {
      const { from, to } = lastWindow(meterage)
      const consumer = await meterage.consumer()
      await meterage.use(consumer, 8, from)
      const about = consumer.providerCustomer
      const check = async (reason: string) => wrongTotal(await meterage.settle(consumer, 8), 8, reason)
      for (const then of ['perform-then-drop', '409'] as const) {
        const fault = rig.double.stripe.arm({ on: 'POST *', about, times: 'always', then })
        await meterage.sync(consumer, from, to).finally(() => fault.disarm())
        const wrong = await check(
          `usage is not counted once when the provider ${then === '409' ? 'says 409' : 'loses the answer'}`,
        )
        if (wrong) return wrong
      }
      for (const reason of ['usage is counted again under another identifier', 'usage is counted again later']) {
        await meterage.sync(consumer, from, to)
        const wrong = await check(reason)
        if (wrong) return wrong
      }
      const mark = meterage.calls(consumer).length
      await meterage.sync(consumer, from, to)
      await meterage.settle(consumer, 8)
      if (meterage.calls(consumer).length > mark)
        return red('usage that the provider knows is sent by every sync', {
          want: 'no more calls once the provider said that it knows it',
          got: 'a call',
          harm: 'billing stalls, and one day the provider has forgotten it',
        })
      const { batches } = rig.contract.observe
      const mayFail = rig.contract.policy.duplicateIdentifier === 'failed'
      if (batches && !mayFail && !(await meterage.settleBatch(consumer, ({ isCompleted }) => isCompleted)))
        return red('usage that the provider knows never becomes completed', {
          want: batches.completed,
          got: 'another status',
          harm: 'nobody can trust what is shown as failed',
        })
      return green('usage that the provider knows counts as reported')
    },
  ),
)

import { pause } from '../deliver/pause.ts'
import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Until the backend has sent what it is to be killed for. */
const longestMs = 10_000

export const m13 = defineProbe(
  meteringProbe(
    {
      id: 'M13',
      title: 'usage counted twice after a crash between push and record',
      rule: 'What the provider has taken is not sent anew by a process that died before it could write that down.',
      source: [meterEvents, { text: 'Write-ahead: what is to be sent is recorded before it is sent' }],
      guard: 'The provider still knows the identifier, for it is not a day later.',
      example: 'Send, then insert the batch with the identifier that was made for it',
      company: 'kills',
      needs: ({ control, target }) =>
        target.start === undefined ? 'target.start' : control.restart ? undefined : 'control.restart',
    },
    async (meterage, rig) => {
      const { from, to } = lastWindow(meterage)
      const consumer = await meterage.consumer()
      await meterage.use(consumer, 21, from)
      const about = consumer.providerCustomer
      const fault = rig.double.stripe.arm({ on: 'POST *', about, times: 'always', then: 'perform-then-drop' })
      const syncing = meterage.sync(consumer, from, to)
      const end = performance.now() + longestMs
      while (meterage.total(consumer) === 0 && performance.now() < end) await pause(2)
      await rig.kill()
      fault.disarm()
      await syncing
      if (meterage.total(consumer) === 0) return unmeasured('the backend sent nothing that it could be killed for')
      for (const reason of ['usage is counted again after a crash', 'usage is counted again later after a crash']) {
        await meterage.sync(consumer, from, to)
        const wrong = wrongTotal(await meterage.settle(consumer, 21), 21, reason)
        if (wrong) return wrong
      }
      if (!rig.contract.observe.batches) return green('usage is counted once, also by a process that died')
      if (await meterage.settleBatch(consumer, ({ isCompleted }) => isCompleted))
        return green('usage is counted and recorded once, also by a process that died')
      return red('usage that was counted before a crash is never recorded as that', {
        want: 'a completed batch',
        got: 'none',
        harm: 'nobody can tell what was charged',
      })
    },
  ),
)

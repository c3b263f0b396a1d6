import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** A client may ask once more by itself. */
const mostCalls = 3

export const m9 = defineProbe(
  meteringProbe(
    {
      id: 'M9',
      title: 'a refused key is not told, or asked with again and again',
      rule: 'A key that the provider refuses is reported as that, is not tried over and over, and stops nobody else.',
      source: [meterEvents, { text: 'flexprice: error_message starts with auth error' }],
      guard: 'Texts only where the contract says where they are; another tenant only where it names one.',
      example: 'A retry loop that knows one kind of error',
      company: 'alone',
    },
    async (meterage, rig) => {
      const { metering } = rig.contract.facts
      const { batches } = rig.contract.observe
      const { from, to } = lastWindow(meterage)
      const consumer = await meterage.consumer()
      const other = metering?.other && (await meterage.consumer({ isOther: true }))
      await meterage.use(consumer, 9, from)
      if (other) await meterage.use(other, 4, from)
      const faults = [
        rig.double.stripe.arm({ on: '* *', about: consumer.providerCustomer, times: 'always', then: '401' }),
        rig.double.stripe.arm({ on: 'GET /v1/balance', times: 'always', then: '401' }),
      ]
      try {
        await meterage.sync(consumer, from, to)
        if (batches && !(await meterage.settleBatch(consumer, ({ isFailed }) => isFailed)))
          return red('usage that the provider refused for its key is not kept as failed', {
            want: 'a batch that failed',
            got: (await meterage.batches(consumer)).length === 0 ? 'no batch' : 'another status',
            harm: 'nobody sees that nothing is charged',
          })
        const begin = batches?.auth_error ?? ''
        const isTold = ({ error = '' }: { error?: string | undefined }) => error.startsWith(begin)
        if (batches?.error && !(await meterage.settleBatch(consumer, isTold)))
          return red('a refused key is not told as that', {
            want: `an error that begins with ${begin}`,
            got: 'another error',
            harm: 'nobody knows what to mend',
          })
        const count = meterage.calls(consumer).length
        if (count > mostCalls)
          return red('a key that was refused is tried again and again', {
            want: `at most ${mostCalls} calls`,
            got: 'more',
            harm: 'the provider blocks the account',
          })
        if (metering?.test) {
          const { outcome, body } = await meterage.testKey()
          if (outcome === 'ok' && body.includes(metering.connected))
            return red('the test of a refused key says that it works', {
              want: 'a refusal',
              got: metering.connected,
              harm: 'nobody knows that nothing is charged',
            })
        }
        if (other) {
          await meterage.sync(other, from, to)
          const suffered = 'the refused key of one tenant stops another'
          const wrong = wrongTotal(await meterage.settle(other, 4), 4, suffered)
          if (wrong) return wrong
        }
      } finally {
        for (const fault of faults) fault.disarm()
      }
      await meterage.sync(consumer, from, to)
      const lost = 'usage is lost that was refused for a key'
      return wrongTotal(await meterage.settle(consumer, 9), 9, lost) ?? green('a refused key is told and made up for')
    },
  ),
)

import { pause } from '../deliver/pause.ts'
import { lastWindow, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const m21 = defineProbe(
  meteringProbe(
    {
      id: 'M21',
      title: 'several deliveries of one new customer',
      rule: 'customer.created may come several times and at once: one mapping, and every delivery is acknowledged.',
      source: [
        { text: 'Stripe, Handle duplicate events', url: 'https://docs.stripe.com/webhooks#handle-duplicate-events' },
        { text: 'flexprice: look, then create; the unique index turns the loser into a 5xx' },
      ],
      guard: 'Who lost a race may be refused once, as long as a retry is acknowledged.',
      example: 'if (!exists) insert',
      company: 'alone',
      needs: ({ facts: { metering } }) =>
        metering?.customer.webhook || !metering ? undefined : 'facts.metering.customer.webhook',
    },
    async (meterage, rig) => {
      const { from, to } = lastWindow(meterage)
      const consumer = meterage.stranger()
      await meterage.storeKey()
      await meterage.mapMeter(consumer)
      let open = Array.from({ length: 8 }, () => meterage.customerRequest(consumer))
      for (const waitMs of [0, 50, 100]) {
        await pause(waitMs)
        const answers = await rig.requests(open)
        open = open.filter((_request, index) => answers[index]?.outcome !== 'ok')
        if (open.length === 0) break
      }
      const again = await meterage.mapCustomer(consumer)
      if (open.length > 0 || again.outcome !== 'ok')
        return red('customer.created that comes again is never acknowledged', {
          want: 'every delivery acknowledged',
          got: `${again.status ?? again.trouble ?? 'refused'} however often it is sent`,
          harm: 'the provider gives the webhook up, and with it all other events',
        })
      await meterage.use(consumer, 17, from)
      await meterage.sync(consumer, from, to)
      const wrong = 'usage of a customer that came several times is not counted once'
      return wrongTotal(await meterage.settle(consumer, 17), 17, wrong) ?? green('one customer, one mapping')
    },
  ),
)

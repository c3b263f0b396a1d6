import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Gateways hand bodies over as text or in base64, as they like. */
export const a18 = defineProbe({
  id: 'A18',
  title: 'body in base64 not decoded',
  rule: 'Behind an API gateway a body may come in base64; isBase64Encoded says so, and the signature is over what it stands for.',
  source: [
    {
      text: 'AWS, Lambda proxy integrations',
      url: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html',
    },
    { text: 'stripe-node #356, #1768, redwood #214' },
  ],
  guard: 'Only with transport: lambda-proxy, where the same event as text takes effect.',
  example: 'constructEvent(event.body, …) without a look at event.isBase64Encoded.',
  company: 'shared',
  absent: ({ providers }) =>
    providers.stripe?.transport === 'lambda-proxy' ? undefined : 'providers.stripe.transport: lambda-proxy',
  needs: () => undefined,
  async run(rig) {
    const plain = rig.payment({ provider: 'stripe' })
    await rig.deliver(plain, 'cap')
    const missing = await rig.judge(plain, 'a genuine event whose body came as text has no effect')
    if (missing) return missing
    for (const body of ['compact', 'unicode'] as const) {
      const buyer = rig.payment({ provider: 'stripe' })
      await rig.deliver(buyer, 'cap', { base64: true, body })
      const wrong = await rig.judge(buyer, 'a genuine event whose body came in base64 has no effect')
      if (wrong) return wrong
    }
    return green('bodies in base64 are decoded')
  },
})

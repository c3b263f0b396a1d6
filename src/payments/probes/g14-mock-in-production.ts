import { jsonOf } from '../checkout/checkout.ts'
import { green, red, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Production without a key has nothing to take money with. */
export const g14 = defineProbe({
  id: 'G14',
  title: 'falls back to a mock in production',
  rule: 'In production mode without an API key no checkout succeeds, and the backend is not ready.',
  source: [{ text: 'bug-bounty #4551' }, { text: 'Twelve-Factor App, Config', url: 'https://12factor.net/config' }],
  guard:
    'Not starting, not being ready and any answer but 2xx are all fine; being ready and refusing checkouts is YELLOW.',
  example: 'STRIPE_MOCK off, key missing: {"url": "/success", "mocked": false}: the buyer succeeds without paying.',
  company: 'production',
  needs: ({ target, control, providers, facts }) => {
    if (target.start === undefined) return 'target.start'
    if (!control.productionEnv) return 'control.production_env'
    if (!providers.stripe?.apiKeyEnv) return 'providers.stripe.api_key_env'
    return facts.purchase.request ? undefined : 'facts.purchase.request'
  },
  async run(rig) {
    const { control, providers, target } = rig.contract
    const changes = { ...control.productionEnv, [providers.stripe?.apiKeyEnv ?? '']: undefined }
    return rig.withEnvironment(changes, { expectReady: false }, async ({ ready, running }) => {
      if (!running) return green('without a key it does not start in production mode')
      const attempt = await rig.checkout(rig.payment({ provider: 'stripe' }))
      if (attempt.outcome === 'ok')
        return red('a checkout succeeded in production mode without an API key', {
          want: 'a refusal',
          got: `${attempt.status}${jsonOf(attempt)?.mocked === undefined ? '' : ` with mocked: ${jsonOf(attempt)?.mocked}`}`,
          harm: 'buyers get to the success page without paying',
        })
      if (ready && target.ready !== undefined)
        return yellow('without a key checkouts are refused in production mode, but the backend says it is ready')
      return green('without a key it takes no checkout in production mode')
    })
  },
})

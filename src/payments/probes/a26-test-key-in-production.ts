import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a26 = defineProbe({
  id: 'A26',
  title: 'production runs with a test key',
  rule: 'In production a key of test mode means that nobody really pays: it must not get ready.',
  source: [{ text: 'Stripe, API keys', url: 'https://docs.stripe.com/keys' }],
  guard: 'Refusing to start, a health check or a status that is not ready are all fine.',
  example: 'The key is never looked at; production takes test cards.',
  company: 'production',
  needs: ({ control, providers, target }) => {
    if (!target.start) return 'target.start'
    if (!control.productionEnv) return 'control.production_env'
    return providers.stripe?.apiKeyEnv ? undefined : 'providers.stripe.api_key_env'
  },
  async run(rig) {
    const { productionEnv } = rig.contract.control
    return rig.withEnvironment(productionEnv!, { expectReady: false }, async ({ ready }) => {
      if (!ready) return green('production does not get ready with a test key')
      const status = await rig.observer.status()
      if (status && saysNotReady(status)) return green('the status of production with a test key is not ready')
      return red('production gets ready with a test key', {
        want: 'no start, or a health check or status that is not ready',
        got: 'ready',
        harm: 'production takes payments that nobody pays',
      })
    })
  },
})

const saysNotReady = ({ status = 200, body }: { status?: number; body: string }): boolean =>
  status >= 400 ||
  /"(ready|ok|healthy|live)"\s*:\s*false|not[_ -]ready|unhealthy|degraded|"status"\s*:\s*"(error|fail|down)/i.test(body)

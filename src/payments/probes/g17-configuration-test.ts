import { createKeep } from '../canary/kept-key.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** A key that looks right and was revoked. */
export const g17 = defineProbe({
  id: 'G17',
  title: 'the test of a key does not test it',
  rule: 'A test of a provider key asks the provider; a key that it refuses is not reported as working.',
  source: [{ text: 'flexprice: /config/test looked at the form of the key only' }],
  guard:
    'Any answer that does not hold the word of a working test is fine; a test that works with a good key comes first.',
  example: 'return { status: /^sk_(test|live)_/.test(key) ? "connected" : "invalid" }',
  company: 'alone',
  absent: ({ facts }) => (facts.config?.test ? undefined : 'facts.config.test'),
  needs: ({ providers }) => (providers.stripe?.apiBaseEnv ? undefined : 'providers.stripe.api_base_env'),
  async run(rig) {
    const { connected = 'connected' } = rig.contract.facts.config ?? {}
    const says = ({ outcome, body }: { outcome: string; body: string }): boolean =>
      outcome === 'ok' && body.toLowerCase().includes(connected.toLowerCase())
    const keep = createKeep(rig)
    if (!(await keep.store())) return unmeasured('facts.config.request was refused')
    if (!says(await keep.test())) return unmeasured('the test of a key that works does not say so')
    const fault = rig.double.stripe.arm({ on: '* *', times: 'always', then: '401' })
    try {
      if (!(await keep.store())) return green('a key that the provider refuses is not kept')
      const answer = await keep.test()
      if (!says(answer)) return green('a key that the provider refuses is reported so')
      return red('a key that the provider refuses is reported as working', {
        want: 'a call of the provider, and what it said',
        got: fault.met === 0 ? 'no call, and success' : 'a call that was refused, and success',
        harm: 'nothing is charged or reported, and everybody believes it is',
      })
    } finally {
      fault.disarm()
    }
  },
})

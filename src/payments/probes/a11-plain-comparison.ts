import { plainComparisons } from '../source/comparisons.ts'
import { green, unmeasured, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** How long a comparison takes cannot be measured over a network; how it is written can be read. */
export const a11 = defineProbe({
  id: 'A11',
  title: 'signatures compared in a time that tells how far they agree',
  rule: 'A signature is compared by a function whose duration does not depend on where two texts differ.',
  source: [
    { text: 'Stripe, Verify webhook signatures manually', url: 'https://docs.stripe.com/webhooks#verify-manually' },
    { text: 'vibe-eval gapbench' },
  ],
  guard: 'Advice only: it is a look at the source code under target.source, never a proof.',
  example: 'if (header === createHmac("sha256", secret).update(body).digest("hex"))',
  company: 'shared',
  withoutBaseline: true,
  absent: ({ target }) => (target.source.length > 0 ? undefined : 'target.source'),
  needs: () => undefined,
  async run({ contract }) {
    const { files, found } = await plainComparisons(contract.target.source, contract.dir)
    if (files === 0) return unmeasured('there is no source code under target.source')
    const [first] = found
    if (!first) return green('no plain comparison of a signature was found in the source code')
    return yellow(`${first.file}:${first.line} compares a signature as texts are compared`, {
      want: 'timingSafeEqual, compare_digest, hash_equals or the like',
      got: first.text,
      harm: 'with patience, signatures can be found byte by byte',
    })
  },
})

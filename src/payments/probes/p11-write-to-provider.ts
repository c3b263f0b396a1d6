import { catalogueProbe, oneWay } from '../catalogue/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const p11 = defineProbe(
  catalogueProbe(
    {
      id: 'P11',
      title: 'taking over writes to the provider',
      rule: 'Products are taken over one way: nothing is written to the provider.',
      source: [oneWay, { text: 'quickscale: one-way sync' }],
      guard: 'Only writes to products and prices count.',
      example: 'A sync that also pushes local edits back',
    },
    async (shop, plain, rig) => {
      const mark = rig.double.mark()
      shop.put(plain)
      await shop.sync()
      const written = rig.double
        .calls({ after: mark })
        .find(({ method, path }) => method !== 'GET' && /^\/v1\/(?:products|prices)/.test(path))
      if (!written) return green('nothing is written to the provider')
      return red('taking products over wrote to the provider', {
        want: 'reading calls only',
        got: `${written.method} of ${written.path.split('/')[2]}`,
        harm: 'the catalogue that others rely on is changed',
      })
    },
  ),
)

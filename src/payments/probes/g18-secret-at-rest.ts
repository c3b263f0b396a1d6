import { findAtRest } from '../canary/at-rest.ts'
import { createKeep } from '../canary/kept-key.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Backups travel further than databases. */
export const g18 = defineProbe({
  id: 'G18',
  title: 'provider key kept in clear',
  rule: 'A provider key is encrypted where it is kept, or not kept at all, and is never shown again.',
  source: [
    {
      text: 'OWASP, Cryptographic Storage',
      url: 'https://cheatsheetseries.owasp.org/cheatsheets/Cryptographic_Storage_Cheat_Sheet.html',
    },
    { text: 'flexprice: stored in clear where encryption was not configured' },
  ],
  guard:
    'Only a key that was made for this run; the form it was given in, base64 and hex. Refusing to keep it is fine.',
  example: 'encrypt(key) ?? key: without a master key the key itself is stored.',
  company: 'alone',
  absent: ({ facts }) => (facts.config ? undefined : 'facts.config'),
  needs: ({ observe }) => (observe.dump ? undefined : 'observe.dump'),
  async run(rig) {
    const { dump } = rig.contract.observe
    const keep = createKeep(rig)
    const isKept = await keep.store()
    const shown = await keep.shown()
    if (shown)
      return red('the kept key is shown', { want: 'that it is set', got: shown, harm: 'whoever may look can charge' })
    if (!dump) return unmeasured('there is no dump to look into')
    const { bytes, form } = await findAtRest(dump, keep.key, rig.contract.dir, {
      env: rig.target.owned ? rig.supplies.env : {},
      since: keep.since,
    })
    if (form)
      return red('the kept key is in the data store in clear', {
        want: 'only what cannot be read without another secret',
        got: form,
        harm: 'every backup of the data store holds a key to the merchant’s money',
      })
    if (bytes === 0) return unmeasured('the dump is empty')
    return green(isKept ? 'the kept key is not in the data store in clear' : 'no key is kept')
  },
})

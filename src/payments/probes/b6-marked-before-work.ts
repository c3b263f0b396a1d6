import { faultsMissing } from '../explore/faults.ts'
import { underFaults } from '../explore/faulty.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const b6 = defineProbe({
  id: 'B6',
  title: 'an event is marked as done before the work succeeds',
  rule: 'An event that was answered non-2xx is delivered again, and must then have its effect.',
  source: [{ text: 'Leetcode-City #894' }, { text: 'dj-stripe #832' }, { text: 'hackerai #270' }],
  guard: 'The fault replaces the only delivery and is gone before the retry; mails may come later.',
  example: 'The id is stored, the work fails, the retry is a duplicate and is acknowledged.',
  company: 'alone',
  needs: faultsMissing,
  async run(rig) {
    const outcome = await underFaults(rig, {
      reason: 'a capture whose first delivery failed never takes effect, though it is delivered again',
      first: ({ outcome }) => outcome !== 'ok',
      kinds: ({ kind }) => kind === 'too-few',
    })
    return outcome ?? green('a delivery that failed is made good by the retry')
  },
})

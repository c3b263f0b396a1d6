import { forgedThenGenuine } from '../explore/forgeries.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a15 = defineProbe({
  id: 'A15',
  title: 'a forged event is remembered',
  rule: 'Nothing is kept of an event before its signature is checked: else a forgery with a known id makes the genuine one a duplicate.',
  source: [{ text: '013-Hire-AI #87' }],
  guard: 'A record of the rejection is wanted; only the loss of the genuine event is RED.',
  example: 'The id goes into the table of seen events first, the signature is checked later.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    for (const provider of rig.providers) {
      for (const way of ['zeros', 'none'] as const) {
        const outcome = await forgedThenGenuine(rig.fork(), {
          provider,
          way,
          reason: 'an event without a valid signature takes effect',
          lost: 'the genuine event is lost when a forged one with its id came first',
        })
        if (outcome.verdict !== 'GREEN') return outcome
      }
    }
    return green('a forgery leaves no trace that harms the genuine event')
  },
})

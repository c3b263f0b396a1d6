import { Exploration } from '../explore/converge.ts'
import { smallScope } from '../explore/small-scope.ts'
import { smallStories } from '../explore/stories.ts'
import { slowMs } from '../rig/stand.ts'
import { defineProbe } from './define.ts'

const mostMs = 40_000
const smokeMs = 2_500

export const x1 = defineProbe({
  id: 'X1',
  title: 'some order of a few events leads to another end',
  rule: 'All legal deliveries of the same facts, in every order and repeated, lead to one end state.',
  source: [{ text: 'Stripe, Event ordering', url: 'https://docs.stripe.com/webhooks#event-ordering' }],
  guard: 'Every event is delivered until it is acknowledged; the end is judged after settle_ms.',
  example: 'Whatever no other probe has a name for.',
  company: 'alone',
  needs: () => undefined,
  async run(rig) {
    const exploration = new Exploration(rig)
    const scopes = smallStories(rig).map(smallScope)
    const until = performance.now() + (rig.smoke ? smokeMs : mostMs)
    await exploration.play(
      scopes.flatMap(({ sequential }) => sequential),
      { beside: rig.lagMs > slowMs ? 6 : 12, until },
    )
    await exploration.play(
      scopes.flatMap(({ bursts }) => bursts),
      { beside: 4, until, inTurn: true },
    )
    return exploration.outcome()
  },
})

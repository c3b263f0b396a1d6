import { Exploration } from '../explore/converge.ts'
import { faultsOf } from '../explore/faults.ts'
import { type Disturbances, randomHistory } from '../explore/random-history.ts'
import { longStories } from '../explore/stories.ts'
import type { History } from '../history/define.ts'
import { slowMs } from '../rig/stand.ts'
import { defineProbe } from './define.ts'

/** By default: so many side by side, and so many alone with faults. */
const quiet = 80
const disturbed = 10
/** Every kill costs a start. */
const killed = 2
const mostMs = 40_000

export const x2 = defineProbe({
  id: 'X2',
  title: 'a random history leads to another end',
  rule: 'All legal deliveries of the same facts, however they are mixed with those of others, lead to one end state.',
  source: [{ text: 'Stripe, Event ordering', url: 'https://docs.stripe.com/webhooks#event-ordering' }],
  guard: 'Every event is delivered until it is acknowledged; the end is judged after settle_ms; disputes are left out.',
  example: 'Whatever no other probe has a name for.',
  company: 'kills',
  needs: () => undefined,
  async run(rig) {
    const exploration = new Exploration(rig)
    const stories = longStories(rig)
    const { control, target } = rig.contract
    const faults = faultsOf(rig.contract)
    const canKill = control.restart && target.start !== undefined
    const { random } = rig
    const until = performance.now() + (rig.budgetMs ?? mostMs)
    function* some(count: number, disturbances: Disturbances): Generator<History> {
      for (let made = 0; made < count; made++) yield randomHistory({ random, stories, ...disturbances })
    }
    do {
      await exploration.play(some(quiet, {}), { beside: rig.lagMs > slowMs ? 4 : 10, until })
      if (faults.length > 0) await exploration.play(some(disturbed, { faults }), { beside: 1, until })
      if (canKill) await exploration.play(some(killed, { faults, kills: 1 }), { beside: 1, until })
    } while (rig.budgetMs !== undefined && performance.now() < until && !exploration.hasFound && !rig.signal.aborted)
    return exploration.outcome()
  },
})

import { explain } from '../explore/prove.ts'
import type { History } from '../history/define.ts'
import { defineProbe, type ProbeDefinition } from '../probes/define.ts'
import { probes } from '../probes/list.ts'
import type { Replay } from '../report/replay.ts'
import { Unmeasurable } from '../rig/stand.ts'
import { green } from '../verdict.ts'

/** A finding again: its history where it has one, else the probe that made it. */
export function replayProbes({ probe: id, history }: Replay): ProbeDefinition[] {
  const known = probes[id]
  if (!history) return known ? [known] : []
  return [replayed(id, history, known)]
}

const replayed = (id: string, history: History, known: ProbeDefinition | undefined): ProbeDefinition =>
  defineProbe({
    id,
    title: known?.title ?? 'legal deliveries converge',
    rule: known?.rule ?? 'Every legal order of deliveries of the same facts leads to the same end.',
    source: known?.source ?? [],
    guard: known?.guard ?? '',
    example: known?.example ?? '',
    company: 'restarts',
    withoutBaseline: true,
    needs: () => undefined,
    async run(rig) {
      const rounds = 10
      for (let round = 0; round < rounds; round++) {
        const played = await rig.play(history, { watch: true })
        if (played.undecided) throw new Unmeasurable(played.undecided)
        const [failure] = played.failures
        const options = { reason: 'it happens again', fine: '', budgetMs: 0 }
        if (failure) return explain(rig, history, played, failure, options)
      }
      return green(`it did not happen again in ${rounds} rounds`)
    },
  })

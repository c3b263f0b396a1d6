import { faultsOf } from '../explore/faults.ts'
import { onePayment, perProvider } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
import type { History } from '../history/define.ts'
import { defineProbe } from './define.ts'

const moments = [1, 3, 6, 12, 25, 50]

/** Every kill costs a start: where that is slow, fewer must do. */
const momentsOf = (startMs: number): number[] => (startMs > 600 ? [1, 6] : moments)

export const b9 = defineProbe({
  id: 'B9',
  title: 'work that was interrupted is done twice or not at all',
  rule: 'The effect and the memory of it are one step: after a crash or a fault in between, the retry completes it, once.',
  source: [
    { text: 'Stripe, Handle duplicate events', url: 'https://docs.stripe.com/webhooks#handle-duplicate-events' },
  ],
  guard: 'The event is delivered again until it is acknowledged.',
  example: 'Grants are saved, then the process dies, then the event is not marked; the retry grants again.',
  company: 'restarts',
  needs: (contract) => {
    const { control, target } = contract
    return (control.restart && target.start) || faultsOf(contract).length > 0 ? undefined : 'control.restart'
  },
  run: (rig) => {
    const { control, target } = rig.contract
    const canKill = control.restart && target.start !== undefined
    const longest = 3 * rig.lagMs + 10
    return prove(
      rig,
      perProvider(rig, (provider): History[] => {
        const { subjects } = onePayment(provider, [])
        const cap = { do: 'deliver', subject: 'p1', event: 'cap' } as const
        const kills = canKill ? momentsOf(rig.target.startMs).filter((ms) => ms <= longest) : []
        return [
          ...faultsOf(rig.contract).map((fault): History => ({ subjects, steps: [{ ...cap, fault }, cap] })),
          ...kills.map((killDuringMs): History => ({ subjects, steps: [{ ...cap, killDuringMs }, cap] })),
        ]
      }),
      {
        reason: 'a capture whose first delivery was interrupted half way does not end as it must',
        fine: 'interrupted work is completed once',
        kinds: ({ kind }) => kind === 'too-many' || kind === 'too-many-ever' || kind === 'too-few',
        tries: 2,
        confirmations: 3,
      },
    )
  },
})

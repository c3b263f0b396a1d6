import { faultsOf } from '../explore/faults.ts'
import { killedTogether, onePayment, perProvider } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
import type { History } from '../history/define.ts'
import type { Rig } from '../rig/define.ts'
import { defineProbe } from './define.ts'

const atOnce = 8
const shortestMs = 3

/**
 * Milliseconds after several requests at once at which it is killed: in the first third of the time that all of them take, on whatever machine this
 * is. Each request is at another point of its work then.
 */
async function momentsOf(rig: Rig): Promise<number[]> {
  const buyers = Array.from({ length: atOnce }, (_, index) =>
    rig.payment({ provider: rig.providers[index % rig.providers.length]! }),
  )
  const began = performance.now()
  await rig.burst(buyers.map((buyer) => ({ buyer, event: 'cap' })))
  const tookMs = performance.now() - began
  return [tookMs / 4, tookMs / 3, tookMs / 6].map((ms) => Math.max(shortestMs, Math.round(ms)))
}

export const b9 = defineProbe({
  id: 'B9',
  title: 'work that was interrupted is done twice or not at all',
  rule: 'The effect and the memory of it are one step: after a crash or a fault in between, the retry completes it, once.',
  source: [
    { text: 'Stripe, Handle duplicate events', url: 'https://docs.stripe.com/webhooks#handle-duplicate-events' },
  ],
  guard: 'The event is delivered again until it is acknowledged.',
  example: 'Grants are saved, then the process dies, then the event is not marked; the retry grants again.',
  company: 'kills',
  needs: (contract) => {
    const { control, target } = contract
    return (control.restart && target.start) || faultsOf(contract).length > 0 ? undefined : 'control.restart'
  },
  async run(rig) {
    const { control, target } = rig.contract
    const canKill = control.restart && target.start !== undefined
    const cap = { do: 'deliver', subject: 'p1', event: 'cap' } as const
    const faulty = perProvider(rig, (provider) =>
      faultsOf(rig.contract).map((fault): History => {
        const { subjects } = onePayment(provider, [])
        return { subjects, steps: [{ ...cap, fault }, cap] }
      }),
    )
    const killed = (canKill ? await momentsOf(rig) : []).map((killDuringMs) =>
      killedTogether(rig.providers, { killDuringMs, again: true }),
    )
    return prove(rig, [...faulty, ...killed], {
      reason: 'a capture whose first delivery was interrupted half way does not end as it must',
      fine: 'interrupted work is completed once',
      kinds: ({ kind }) => kind === 'too-many' || kind === 'too-many-ever' || kind === 'too-few',
      tries: 2,
      confirmations: 3,
    })
  },
})

import type { SubjectSpec } from '../history/define.ts'
import type { Rig } from '../rig/define.ts'
import { green, type Outcome, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const f4 = defineProbe({
  id: 'F4',
  title: 'missing or malformed metadata ends in a server error',
  rule: 'A payment that cannot be attributed is recorded as that; a server error only makes the provider send it again.',
  source: [{ text: 'Stripe, Metadata', url: 'https://docs.stripe.com/metadata' }],
  guard: 'Any answer below 500 is fine; only a grant, or 5xx on every attempt, is RED.',
  example: 'metadata.user.trim() of undefined.',
  company: 'shared',
  needs: ({ facts }) =>
    Object.values(facts.metadata).some((value) => value.includes('{user}')) ? undefined : 'facts.metadata with {user}',
  async run(rig) {
    const { metadata } = rig.contract.facts
    const [user = 'user'] = Object.entries(metadata).find(([, value]) => value.includes('{user}')) ?? []
    const broken: (Record<string, unknown> | null)[] = [
      null,
      { [user]: null },
      { [user]: {} },
      { [user]: '' },
      { [user]: [] },
    ]
    const outcomes = await Promise.all(
      rig.providers.flatMap((provider) => broken.map((each) => attempt(rig.fork(), { provider, metadata: each }))),
    )
    return outcomes.find((outcome) => outcome) ?? green('payments without usable metadata give nothing and are taken')
  },
})

async function attempt(rig: Rig, spec: Partial<SubjectSpec>): Promise<Outcome | undefined> {
  const buyer = rig.payment(spec)
  const { attempts } = await rig.deliver(buyer, 'cap', { attempts: 3 })
  const granted = await rig.judge(buyer, 'a payment without usable metadata gives something')
  if (granted) return { ...granted, timeline: [...rig.timeline] }
  if (!attempts.every(({ outcome }) => outcome === 'info')) return undefined
  return red('a payment without usable metadata ends in a server error on every attempt', {
    want: 'an answer below 500',
    got: `${attempts[0]?.status ?? attempts[0]?.trouble}`,
    timeline: [...rig.timeline],
  })
}

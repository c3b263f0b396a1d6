import { plainUsage } from '../metering/probe.ts'
import type { ProbeDefinition } from '../probes/define.ts'
import type { Buyer, Delivery } from '../rig/define.ts'
import { createRig } from '../rig/rig.ts'
import { type Stand, Unmeasurable } from '../rig/stand.ts'
import { green, type Outcome, red, unmeasured } from '../verdict.ts'
import { seededRandom } from './random.ts'

export interface Controls {
  /** By provider, and `subscription` where the contract sells one. */
  outcomes: { id: string; title: string; outcome: Outcome }[]
  /** Providers whose plain capture gives what was bought; nothing else is judged about the others. */
  sound: ('stripe' | 'paypal')[]
  subscriptions: boolean
  /** Whether plain usage is reported, where the contract says how. */
  usage: boolean
}

/**
 * Does a plain purchase give what was bought? Without that every other answer would be worthless: a backend that does nothing at all
 * never does anything wrong. Learns on the way how late effects come.
 */
export async function runControls(stand: Stand): Promise<Controls> {
  const { contract } = stand
  const controls: Controls = { outcomes: [], sound: [], subscriptions: false, usage: false }
  for (const provider of ['stripe', 'paypal'] as const) {
    if (!contract.providers[provider] || !contract.facts.sells) continue
    if (provider === 'paypal' && !stand.target.owned) {
      const outcome = unmeasured(
        'without target.start the backend asks PayPal, and not the gate, whether an event is genuine',
      )
      controls.outcomes.push({ id: 'control.paypal', title: 'a plain paypal capture', outcome })
      continue
    }
    const outcome = await twice(() =>
      control(stand, async (rig) => {
        const buyer = rig.payment({ provider })
        return [buyer, await rig.deliver(buyer, 'cap')]
      }),
    )
    controls.outcomes.push({ id: `control.${provider}`, title: `a plain ${provider} capture`, outcome })
    if (outcome.verdict === 'GREEN') controls.sound.push(provider)
  }
  if (contract.facts.subscription && controls.sound.includes('stripe')) {
    stand.learnt.subscriptionEventGrants = (await subscriptionControl(stand, ['sc'])).verdict === 'GREEN'
    const outcome = stand.learnt.subscriptionEventGrants
      ? green('an active subscription gives what was bought')
      : await twice(() => subscriptionControl(stand, ['subCs', 'sc', 'inv', 'invOk']))
    controls.outcomes.push({ id: 'control.subscription', title: 'a plain subscription', outcome })
    controls.subscriptions = outcome.verdict === 'GREEN'
  }
  if (contract.facts.metering) {
    const outcome = await twice(() => usageControl(stand))
    controls.outcomes.push({ id: 'control.usage', title: 'plain usage', outcome })
    controls.usage = outcome.verdict === 'GREEN'
  }
  stand.learnt.sound = controls.sound
  stand.learnt.subscriptions = controls.subscriptions
  return controls
}

/** Why a verdict about what a probe is about would mean nothing; undefined where the plain case works. */
export function unsound({ subject }: Pick<ProbeDefinition, 'subject'>, { sound, usage }: Controls): string | undefined {
  if (subject === 'usage') return usage ? undefined : 'plain usage is not reported'
  return sound.length > 0 ? undefined : 'a plain purchase does not have its effect'
}

/** A machine under load can be late once; a backend that does not work is wrong twice. */
async function twice(attempt: () => Promise<Outcome>): Promise<Outcome> {
  const first = await attempt()
  return first.verdict === 'GREEN' ? first : attempt()
}

async function usageControl(stand: Stand): Promise<Outcome> {
  const rig = createRig(stand, { probe: 'control', random: seededRandom('control') })
  try {
    return { ...(await plainUsage(rig)), timeline: [...rig.timeline] }
  } catch (error) {
    if (error instanceof Unmeasurable) return unmeasured(error.message)
    throw error
  }
}

type Rig = ReturnType<typeof createRig>

async function control(stand: Stand, purchase: (rig: Rig) => Promise<[Buyer, Delivery]>): Promise<Outcome> {
  const rig = createRig(stand, { probe: 'control', random: seededRandom('control') })
  try {
    const [buyer, delivery] = await purchase(rig)
    const { reached, afterMs, observation } = await rig.settle(buyer)
    if (reached && observation.active !== undefined) {
      stand.learnt.lagMs = Math.max(stand.learnt.lagMs, afterMs)
      return green('a genuine capture gives what was bought')
    }
    if (observation.active === undefined && reached) return green('a genuine capture is taken')
    const how = delivery.acknowledged ? 'acknowledged' : `answered ${delivery.last.status ?? delivery.last.trouble}`
    const [first] = rig.failuresOf(buyer, observation)
    return red(`a genuine capture is ${how} and does not have its effect`, {
      ...(first && { want: first.want, got: first.got, harm: first.harm }),
      timeline: rig.tape.timeline,
    })
  } catch (error) {
    if (error instanceof Unmeasurable) return unmeasured(error.message)
    throw error
  }
}

async function subscriptionControl(
  stand: Stand,
  labels: readonly ('subCs' | 'sc' | 'inv' | 'invOk')[],
): Promise<Outcome> {
  const { packSize } = stand.contract.facts.subscription!
  const rig = createRig(stand, {
    probe: 'control',
    random: seededRandom('control'),
    ...(labels.length === 1 && { settleMs: Math.min(stand.contract.policy.settleMs, 5 * stand.learnt.lagMs + 200) }),
  })
  const buyer = rig.subscription()
  for (const label of labels) await rig.deliver(buyer, label)
  const active = { min: packSize, max: packSize }
  const outcome = await rig.judge(buyer, 'a genuine subscription does not have its effect', { ...buyer.want(), active })
  return outcome ? { ...outcome, timeline: [...rig.timeline] } : green('an active subscription gives what was bought')
}

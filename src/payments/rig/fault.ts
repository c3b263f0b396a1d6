import type { FaultEffect } from '../double/types.ts'
import type { Fault } from '../history/define.ts'
import { type Stand, Unmeasurable } from './stand.ts'
import type { Tape } from './tape.ts'

const providerEffects: Partial<Record<Fault, FaultEffect>> = {
  'provider-500': '500',
  'provider-429': '429',
  'provider-hang': 'hang',
}

/** Does something while something else is broken, and mends it whatever happens. */
export async function withFault<Result>(
  stand: Stand,
  tape: Tape,
  fault: Fault,
  work: () => Promise<Result>,
): Promise<Result> {
  const mend = await breakIt(stand, fault)
  tape.add({ kind: 'fault', lane: 'backend', text: `${fault} begins` })
  try {
    return await work()
  } finally {
    await mend()
    tape.add({ kind: 'fault', lane: 'backend', text: `${fault} ends` })
  }
}

async function breakIt({ nemesis, double }: Stand, fault: Fault): Promise<() => Promise<void>> {
  const effect = providerEffects[fault]
  if (effect) {
    const armed = [double.stripe, double.paypal].map((provider) =>
      provider.arm({ on: '* *', times: 'always', then: effect }),
    )
    return async () => {
      for (const each of armed) each.disarm()
    }
  }
  const name = fault.replace('-down', '') as 'db' | 'mail' | 'audit'
  const outage = nemesis[name]
  if (!outage) throw new Unmeasurable(`the contract has no control.${name}`)
  await outage.down()
  return () => outage.up()
}

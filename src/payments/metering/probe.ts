import type { Contract } from '../contract/schema.ts'
import type { ProbeDefinition } from '../probes/define.ts'
import type { Rig } from '../rig/define.ts'
import { green, type Outcome, red, unmeasured } from '../verdict.ts'
import { type Meterage, openMeterage } from './meterage.ts'

type Words = Pick<ProbeDefinition, 'id' | 'title' | 'rule' | 'guard' | 'example' | 'source'> & {
  company?: ProbeDefinition['company']
  needs?(contract: Contract): string | undefined
}

/** A probe of how usage is reported. */
export const meteringProbe = (
  { needs, company = 'shared', ...words }: Words,
  run: (meterage: Meterage, rig: Rig) => Promise<Outcome>,
): ProbeDefinition => ({
  ...words,
  company,
  subject: 'usage',
  absent: ({ facts }) => (facts.metering ? undefined : 'facts.metering'),
  needs: (contract) => (contract.providers.stripe?.apiBaseEnv ? needs?.(contract) : 'providers.stripe.api_base_env'),
  run: (rig) => run(openMeterage(rig), rig),
})

export const meterEvents = {
  text: 'Stripe, Record usage: an identifier counts once within 24 hours',
  url: 'https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage',
}

/** Both ends of a window that is over: from, and the end that is not in it. */
export const lastWindow = (meterage: Meterage): { from: number; to: number } => ({
  from: meterage.window(3),
  to: meterage.window(2),
})

/** What became of usage that must be counted exactly; undefined where it is as it must be. */
export function wrongTotal(got: number, want: number, reason: string): Outcome | undefined {
  if (got === want) return undefined
  return red(reason, {
    want: `${want} counted at the provider`,
    got: String(got),
    harm: got > want ? 'customers pay more than once for what they used' : 'usage is missing that nobody pays for',
  })
}

/** Plain usage is reported as it is; without that nothing can be said of anything else. Learns how late reports come. */
export async function plainUsage(rig: Rig): Promise<Outcome> {
  if (!rig.contract.providers.stripe?.apiBaseEnv) return unmeasured('the contract has no providers.stripe.api_base_env')
  const meterage = openMeterage(rig)
  const { from, to } = lastWindow(meterage)
  const consumer = await meterage.consumer()
  await meterage.use(consumer, 42, from + 60_000)
  const { outcome, status, trouble } = await meterage.sync(consumer, from, to)
  const got = await meterage.settle(consumer, 42)
  if (got === 42) return green('plain usage is reported')
  const how = outcome === 'ok' ? 'acknowledged' : `answered ${status ?? trouble}`
  return wrongTotal(got, 42, `a plain sync is ${how} and the usage is not counted as it is`)!
}

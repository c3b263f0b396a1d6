import type { BodyForm } from '../deliver/body.ts'
import type { Signing } from '../deliver/signing.ts'
import type { ProviderName } from '../history/define.ts'
import type { Attempt, Buyer, DeliverOptions, Rig } from '../rig/define.ts'
import { green, type Outcome, red, yellow } from '../verdict.ts'

export interface ForgeryOptions {
  ways: readonly Signing[]
  reason: string
  providers?: readonly ProviderName[]
  how?: Omit<DeliverOptions, 'signing'>
}

/**
 * Sends captures that the provider never made. RED when one has an effect. The provider does not know these payments, so a backend that
 * asks it finds nothing.
 */
export async function forgeries(rig: Rig, options: ForgeryOptions): Promise<Outcome> {
  const tried = await tryAll(rig, options)
  const failed = tried.find(({ outcome }) => outcome)?.outcome
  return failed ?? acceptedWithout(tried) ?? green('what the provider did not sign has no effect')
}

/** The same, undefined when none has an effect. */
export const acceptedForgery = async (rig: Rig, options: ForgeryOptions): Promise<Outcome | undefined> =>
  (await tryAll(rig, options)).find(({ outcome }) => outcome)?.outcome

function tryAll(rig: Rig, { ways, reason, providers = rig.providers, how }: ForgeryOptions) {
  const tries = providers.flatMap((provider) => ways.map((way) => ({ provider, way })))
  return Promise.all(
    tries.map(async ({ provider, way }) => {
      const fork = rig.fork()
      const buyer = fork.payment({ provider })
      const { last } = await fork.deliver(buyer, 'cap', { ...how, signing: way, attempts: 1 })
      return { fork, way, last, outcome: await effectOf(fork, buyer, reason) }
    }),
  )
}

/** RED when anything was given for it. */
async function effectOf(rig: Rig, buyer: Buyer, reason: string): Promise<Outcome | undefined> {
  const outcome = await rig.judge(buyer, reason)
  const history = (rig as { tape?: { history(): Outcome['history'] } }).tape?.history()
  return outcome && { ...outcome, timeline: [...rig.timeline], ...(history && { history }) }
}

const acceptedWithout = (tried: readonly { way: Signing; last: Attempt }[]): Outcome | undefined => {
  const accepted = tried.filter(({ last }) => last.outcome === 'ok').map(({ way }) => way)
  if (accepted.length === 0) return undefined
  return yellow(`answered 2xx, though without an effect: signed ${[...new Set(accepted)].join(', ')}`)
}

export interface ForgedThenGenuineOptions {
  provider: ProviderName
  way: Signing
  reason: string
  /** What it means that the genuine delivery of the same event afterwards has no effect. */
  lost: string
}

/** The same event first in a way that must not count, then genuinely. */
export async function forgedThenGenuine(
  rig: Rig,
  { provider, way, reason, lost }: ForgedThenGenuineOptions,
): Promise<Outcome> {
  const buyer = rig.payment({ provider })
  await rig.deliver(buyer, 'cap', { signing: way, attempts: 1 })
  const accepted = await rig.judge(buyer, reason)
  if (accepted) return accepted
  await rig.deliver(buyer, 'cap')
  const missing = await rig.judge(buyer, lost)
  return missing ? red(lost, missing) : green('only the genuine delivery takes effect')
}

/** Genuine captures in several ways to write them: RED for the first that has no effect. */
export async function formsTakeEffect(
  rig: Rig,
  provider: ProviderName,
  { forms, reason }: { forms: readonly BodyForm[]; reason: string },
): Promise<Outcome | undefined> {
  const outcomes = await Promise.all(
    forms.map(async (body) => {
      const fork = rig.fork()
      const buyer = fork.payment({ provider })
      await fork.deliver(buyer, 'cap', { body })
      return effectOf(fork, buyer, reason)
    }),
  )
  return outcomes.find((outcome) => outcome)
}

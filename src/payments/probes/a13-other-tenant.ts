import type { Buyer, Rig } from '../rig/define.ts'
import { green, type Outcome, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** What somebody who is a tenant, and so has a genuine secret, can do to another one. */
export const a13 = defineProbe({
  id: 'A13',
  title: 'one tenant’s events act for another',
  rule: 'An event acts only for the tenant whose secret signed it, whatever its body says.',
  source: [{ text: 'corsair #442' }, { text: 'uniform_order #41' }],
  guard: 'Only effects for the other tenant count; looking into the body to choose whose secrets to try is fine.',
  example: 'The tenant is taken from metadata.tenant_id before the signature is checked.',
  company: 'shared',
  absent: ({ providers }) => (providers.stripe?.tenants ? undefined : 'providers.stripe.tenants'),
  needs: () => undefined,
  async run(rig) {
    const control = rig.payment({ provider: 'stripe', otherTenant: true })
    await rig.deliver(control, 'cap')
    if (await rig.judge(control, 'the second tenant’s capture has no effect'))
      return unmeasured('a genuine capture of the second tenant has no effect')
    const { webhook } = rig.contract.providers.stripe ?? {}
    const ways: [string, string | undefined][] = [
      ['to its own webhook', webhook],
      ['to the other’s webhook', undefined],
    ]
    for (const [where, path] of ways) {
      const outcome = (await granted(rig.fork(), where, path)) ?? (await revoked(rig.fork(), where, path))
      if (outcome) return outcome
    }
    return green('tenants act for themselves only')
  },
})

const forged = (rig: Rig, buyer: Buyer, event: 'cap' | 'full', path: string | undefined) =>
  rig.deliver(buyer, event, { signing: 'own-tenant', attempts: 1, ...(path && { path }) })

async function granted(rig: Rig, where: string, path: string | undefined): Promise<Outcome | undefined> {
  const buyer = rig.payment({ provider: 'stripe', otherTenant: true })
  await forged(rig, buyer, 'cap', path)
  return told(rig, buyer, `an event that the first tenant signed and sent ${where} gives out goods of the second`)
}

async function revoked(rig: Rig, where: string, path: string | undefined): Promise<Outcome | undefined> {
  const buyer = rig.payment({ provider: 'stripe', otherTenant: true })
  await rig.deliver(buyer, 'cap')
  const { reached } = await rig.settle(buyer)
  if (!reached) return unmeasured('a genuine capture of the second tenant has no effect in time')
  await forged(rig, buyer, 'full', path)
  return told(rig, buyer, `an event that the first tenant signed and sent ${where} takes goods of the second back`)
}

async function told(rig: Rig, buyer: Buyer, reason: string): Promise<Outcome | undefined> {
  // A mail to the same address may be the first tenant's own.
  const { mails: _, ...want } = buyer.want()
  const outcome = await rig.judge(buyer, reason, want)
  return outcome && red(reason, { ...outcome, harm: 'any customer of the platform can act for any other' })
}

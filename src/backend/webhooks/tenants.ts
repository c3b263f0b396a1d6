import type { Fact, Incoming } from '../payments/facts.ts'
import type { Backend } from '../settings.ts'

/**
 * Everything that an event of a tenant names, as that tenant's own: whatever its body says, it can neither give to another tenant nor take
 * from one. Ids without a tenant are those of the application itself.
 */
export function inTenant(incoming: Incoming, tenant: string | undefined): Incoming {
  if (tenant === undefined) return incoming
  const own = (id: string): string => ownId(tenant, id)
  return {
    ...incoming,
    id: own(incoming.id),
    target: own(incoming.target),
    facts: incoming.facts.map((fact) => inTenantFact(fact, own)),
  }
}

/** What signs the events of a tenant's webhook, or of the application's own; none for a tenant that nobody knows. */
export const secretsOf = (
  { webhookSecrets, tenants }: Pick<Backend, 'webhookSecrets' | 'tenants'>,
  tenant: string | undefined,
): readonly string[] => (tenant === undefined ? webhookSecrets : (tenants?.get(tenant) ?? []))

/** Ids of providers hold no colon, and names of tenants neither. */
export const ownId = (tenant: string | undefined, id: string): string => (tenant ? `${tenant}:${id}` : id)

function inTenantFact(fact: Fact, own: (id: string) => string): Fact {
  const buyer = 'buyer' in fact && { buyer: { ...fact.buyer, ...(fact.buyer.user && { user: own(fact.buyer.user) }) } }
  const aliases = 'aliases' in fact && { aliases: fact.aliases.map(own) }
  const rest = {
    ...('payment' in fact && { payment: own(fact.payment) }),
    ...('refund' in fact && { refund: own(fact.refund) }),
    ...('dispute' in fact && { dispute: own(fact.dispute) }),
    ...('session' in fact && { session: own(fact.session) }),
    ...('subscription' in fact && { subscription: own(fact.subscription) }),
    ...('customer' in fact && { customer: own(fact.customer ?? '') }),
  }
  return { ...fact, ...buyer, ...aliases, ...rest } as Fact
}

/** `STRIPE_TENANTS=south,east` with `STRIPE_WEBHOOK_SECRET_SOUTH` …: signing secrets by the name of the tenant. */
export function tenantsOf(env: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, readonly string[]> {
  const names = (env.STRIPE_TENANTS ?? '').split(',').map((name) => name.trim())
  const known = names.filter((name) => /^[a-z][a-z0-9-]{0,31}$/.test(name))
  return new Map(
    known.map((name) => {
      const held = env[`STRIPE_WEBHOOK_SECRET_${name.toUpperCase().replaceAll('-', '_')}`] ?? ''
      return [name, held.split(/[\s,]+/).filter((secret) => secret !== '')]
    }),
  )
}

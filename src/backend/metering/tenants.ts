import type { FastifyRequest } from 'fastify'
import { HttpError, isSameSecret } from '../http.ts'

/** One customer of this backend, in one of its environments; everything of metering belongs to exactly one. */
export interface Tenant {
  tenant: string
  environment: string
}

/** Administrators of tenants, by their tokens; several processes may share the batches. */
export interface MeteringSettings {
  admins: ReadonlyMap<string, Tenant>
  /** Groups that are read at a time. */
  batchSize: number
  /** How long after the end of an hour its usage is reported: what is under way then still counts. */
  graceMinutes: number
}

/** `METERING_TENANTS="acme/test=<token> bolt/live=<token>"`: whoever sends a token administers that tenant. */
export function meteringOf(env: Readonly<Record<string, string | undefined>>): MeteringSettings | undefined {
  const entries = (env.METERING_TENANTS ?? '').split(/\s+/).flatMap((entry): [string, Tenant][] => {
    const [, tenant, environment, token] = /^([\w-]{1,60})\/([\w-]{1,60})=(\S{8,200})$/.exec(entry) ?? []
    return tenant && environment && token ? [[token, { tenant, environment }]] : []
  })
  if (entries.length === 0) return undefined
  return {
    admins: new Map(entries),
    batchSize: boundedNumber(env.METERING_BATCH_SIZE, 500),
    graceMinutes: boundedNumber(env.STRIPE_SYNC_GRACE_PERIOD_MINUTES, 5),
  }
}

const boundedNumber = (text: string | undefined, otherwise: number): number => {
  const number = Number(text || otherwise)
  return Number.isInteger(number) && number >= 1 && number <= 10_000 ? number : otherwise
}

/** Whose administrator asks: 401 without a token, 403 with one that is nobody's. Every token is compared, whichever it is. */
export function requireTenant(request: FastifyRequest, { admins }: MeteringSettings): Tenant {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ', 2)
  if (scheme !== 'Bearer' || !token) throw new HttpError(401, 'unauthenticated', 'send Authorization: Bearer <token>')
  const found = [...admins].filter(([known]) => isSameSecret(token, known))
  if (!found[0]) throw new HttpError(403, 'forbidden', 'this token is not known')
  return found[0][1]
}

/** A tenant as the first two parameters of a statement. */
export const keyOf = ({ tenant, environment }: Tenant): [string, string] => [tenant, environment]

import { z } from 'zod'
import { durationSchema, parseDuration } from './duration.ts'
import { promotionSchema } from './promotion.ts'

const url = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' }).transform(withoutSlash)

/** How an environment tells which build it runs. */
export const identitySchema = z.strictObject({
  path: z.string().startsWith('/').describe('Where the build is told, such as /version'),
  sha: z.string().startsWith('$.').describe('Where in the JSON answer the commit stands, such as $.sha'),
  equals: z.string().min(1).default('git.sha').describe('git.sha, or the commit that must be running'),
  timeout: durationSchema.default('10s'),
})

export const environmentSchema = z.strictObject({
  mode: z.enum(['test', 'live']).describe('live: live keys belong here and real money moves'),
  baseUrl: url.optional(),
  domain: z.string().min(1).optional(),
  after: z.array(z.string()).default([]).describe('Environments that the same commit must have passed before'),
  protected: z.boolean().default(false).describe('No partial runs; flaky passes fail'),
  failOnFlaky: z.boolean().optional().describe('Default: true where protected'),
  identity: identitySchema.optional(),
  promotion: promotionSchema.optional().describe('What it takes to be promoted into it'),
  variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
})

export type Identity = z.output<typeof identitySchema>

/** Milliseconds that a target has to tell its build. */
export const parseIdentityTimeout = ({ timeout }: Identity): number => parseDuration(timeout)!

export interface Environment extends Omit<z.output<typeof environmentSchema>, 'baseUrl' | 'domain'> {
  name: string
  baseUrl?: string | undefined
  domain?: string | undefined
  /** The sandbox and reference backend that gatekit itself starts; its address is known when it runs. */
  embedded: boolean
}

/** The name that is always there: everything local, started by gatekit. */
export const embeddedName = 'embedded'

export const embeddedEnvironment: Environment = {
  name: embeddedName,
  mode: 'test',
  after: [],
  protected: false,
  variables: {},
  embedded: true,
}

/** The name of an environment that is nothing but an address. */
export const givenName = 'given'

/** An environment that was given as nothing but an address. Test mode: an address alone never makes live keys welcome. */
export const givenEnvironment = (baseUrl: string): Environment => ({
  ...embeddedEnvironment,
  name: givenName,
  baseUrl: withoutSlash(baseUrl),
  embedded: false,
})

/** An address that paths can be added to. */
export function withoutSlash(value: string): string {
  return value.replace(/\/+$/, '')
}

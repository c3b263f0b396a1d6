import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { externalAccountsOf, refreshAccount, requestCapabilities, requestsOf } from './account.ts'
import { addExternalAccount } from './external-account.ts'
import { personFields } from './person.ts'
import type { Account } from './requirements.ts'

/** A link that was made for one visit of one account holder. */
export interface OnboardingLink {
  account: string
  /** Epoch seconds. */
  expires_at: number
  refresh_url: string
  return_url: string
  isVisited: boolean
}

const secondsValid = 5 * 60
const key = (token: string) => `account link ${token}`

export interface AccountLinkParams {
  account: string
  type: string
  refresh_url?: string
  return_url?: string
}

/** Makes the link that an account holder gives Stripe what it wants to know through: docs.stripe.com/api/account_links. */
export function openOnboarding(ctx: Context, params: AccountLinkParams) {
  const account = ctx.tables.account.get(params.account)
  if (!account) throw stripeError(400, 'resource_missing', `No such account: '${params.account}'`, 'account')
  for (const name of ['refresh_url', 'return_url'] as const) checkUrl(params[name], name)
  if (params.type === 'account_update' && account.controller?.requirement_collection !== 'application')
    throw stripeError(
      400,
      undefined,
      `You cannot create \`account_update\` type Account Links for this account. You can only create \`account_update\` Account Links for accounts where you're responsible for collecting requirements.`,
      'type',
    )
  const token = ctx.newSecret(24)
  const expires_at = ctx.now + secondsValid
  const { refresh_url = '', return_url = '' } = params
  ctx.account.memory.set(key(token), {
    account: account.id,
    expires_at,
    refresh_url,
    return_url,
    isVisited: false,
  } satisfies OnboardingLink)
  return {
    object: 'account_link' as const,
    created: ctx.now,
    expires_at,
    url: ctx.url(`/connect/setup/${ctx.account.id}/${token}`),
  }
}

function checkUrl(url: string | undefined, param: string): void {
  if (url === undefined) throw stripeError(400, 'parameter_missing', `Missing required param: ${param}.`, param)
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url))
    throw stripeError(400, 'url_invalid', 'Not a valid URL', param)
}

/** The link of a token; undefined for none. */
export const linkOf = (ctx: Context, token: string): OnboardingLink | undefined =>
  ctx.account.memory.get(key(token)) as OnboardingLink | undefined

/** A link is good for one visit: says whether this is it. */
export function visitLink(ctx: Context, token: string, link: OnboardingLink): boolean {
  if (link.isVisited || link.expires_at <= ctx.now) return false
  ctx.account.memory.set(key(token), { ...link, isVisited: true })
  return true
}

/** Fills in all that is missing with the test data of docs.stripe.com/connect/testing, as the form's own button does. */
export function completeOnboarding(ctx: Context, id: string): Account {
  const account = ctx.tables.account.need(id)
  const own = ctx.on(id)
  if (!Object.values(requestsOf(ctx, id)).some(({ requested }) => requested))
    requestCapabilities(ctx, id, { card_payments: { requested: true }, transfers: { requested: true } })
  const { address, ...person } = testPerson
  const fields = {
    ...personFields({ ...person, address, relationship: { representative: true, owner: true } }),
    account: id,
  }
  const known = ctx.tables.person.by('account', id).find(({ relationship }) => relationship?.representative)
  const individual = known ? ctx.tables.person.patch(known.id, fields) : ctx.tables.person.create(fields)
  const isCompany = account.business_type !== undefined && account.business_type !== 'individual'
  ctx.tables.account.patch(id, {
    business_profile: {
      ...account.business_profile,
      mcc: account.business_profile?.mcc ?? '5734',
      url: account.business_profile?.url ?? 'https://accessible.stripe.com',
    },
    business_type: account.business_type ?? 'individual',
    details_submitted: true,
    ...(isCompany
      ? {
          company: {
            address,
            name: 'Test Company',
            owners_provided: true,
            phone: person.phone,
            tax_id_provided: true,
            ...account.company,
          },
        }
      : { individual }),
    tos_acceptance: { date: ctx.now, ip: '127.0.0.1', user_agent: null },
  })
  if (externalAccountsOf(own).length === 0)
    addExternalAccount(ctx, own, {
      external_account: {
        account_number: '000123456789',
        country: account.country ?? 'US',
        currency: account.default_currency,
        routing_number: '110000000',
      },
    })
  return refreshAccount(ctx, id)
}

const testPerson = {
  address: {
    city: 'San Francisco',
    country: 'US',
    line1: 'address_full_match',
    line2: null,
    postal_code: '94111',
    state: 'CA',
  },
  dob: { day: 1, month: 1, year: 1901 },
  email: 'jenny.rosen@example.com',
  first_name: 'Jenny',
  id_number: '000000000',
  last_name: 'Rosen',
  phone: '+10000000000',
}

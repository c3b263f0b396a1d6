import {
  capabilityOf,
  controllerOf,
  refreshAccount,
  rejectionOf,
  requestCapabilities,
  requestsOf,
  setRejection,
  settingsOf,
  startingFields,
} from '../connect/account.ts'
import { addExternalAccount, type ExternalAccountInput } from '../connect/external-account.ts'
import { markLegacy } from '../connect/legacy.ts'
import { openLoginLink } from '../connect/login-link.ts'
import { deauthorize, exchangeToken, type TokenParams } from '../connect/oauth.ts'
import { type AccountLinkParams, openOnboarding } from '../connect/onboarding.ts'
import { ownAccount } from '../connect/own-account.ts'
import { type PersonInput, personFields } from '../connect/person.ts'
import type { Account } from '../connect/requirements.ts'
import { type Context, defineResource, type OperationContext } from '../define.ts'
import { stripeError } from '../error.ts'
import { defaultApiVersion } from '../protocol/versions.ts'
import type { Given } from '../wire.ts'

/** Connected accounts, and one's own: docs.stripe.com/api/accounts and docs.stripe.com/connect/testing. */
export const accounts = defineResource({
  object: 'account',
  events: { create: false, update: false, remove: false },

  create(ctx) {
    const { id } = ctx
    const params = ctx.params as AccountParams
    if (ctx.account.platform)
      throw stripeError(400, undefined, 'A connected account cannot create accounts of its own.')
    const country = params.country ?? 'US'
    if (!/^[A-Z]{2}$/.test(country))
      throw stripeError(400, 'country_unsupported', `${country} is not currently supported by Stripe.`, 'country')
    ctx.save({
      ...startingFields(country),
      ...controllerOf(params.type, params.controller),
      email: params.email ?? null,
      metadata: params.metadata ?? {},
      capabilities: {},
    })
    if (Object.keys(params).length === 0 && ctx.request.apiVersion <= defaultApiVersion) markLegacy(ctx, id)
    applyParams(ctx, params)
    return refreshAccount(ctx, id)
  },

  update(ctx) {
    const params = ctx.params as AccountParams
    applyParams(ctx, params)
    const { capabilities, external_accounts, individual, settings, ...rest } = refreshAccount(ctx, ctx.id)
    const { charges_enabled, details_submitted, payouts_enabled, requirements } = rest
    return {
      capabilities,
      charges_enabled,
      details_submitted,
      external_accounts,
      individual,
      payouts_enabled,
      requirements,
      settings,
    }
  },

  remove(ctx) {
    ctx.on(ctx.id).emit('account.application.deauthorized', {
      id: `ca_${ctx.account.id.slice(5)}`,
      object: 'application',
      name: null,
    })
  },

  actions: {
    reject(ctx) {
      const { id, params } = ctx
      if (rejectionOf(ctx, id)) throw stripeError(400, undefined, `Account ${id} has already been rejected.`)
      setRejection(ctx, id, params.reason)
      return refreshAccount(ctx, id)
    },

    unreject(ctx) {
      setRejection(ctx, ctx.id, undefined)
      return refreshAccount(ctx, ctx.id)
    },
  },

  operations: {
    'GET /v1/account': (ctx) => ownAccount(ctx),

    'GET /v1/accounts/{id}': (ctx) =>
      ctx.path.id === ctx.account.id ? ownAccount(ctx) : ctx.tables.account.need(ctx.path.id),

    'GET /v1/accounts/{id}/capabilities'(ctx) {
      const account = ctx.tables.account.need(ctx.path.id)
      const data = Object.keys(requestsOf(ctx, account.id)).map((name) => capabilityOf(ctx, account, name))
      return { object: 'list', data, has_more: false, url: `/v1/accounts/${account.id}/capabilities` }
    },

    'GET /v1/accounts/{accountId}/capabilities/{id}': (ctx) => capabilityOf(ctx, ...capabilityIn(ctx)),

    'POST /v1/accounts/{accountId}/capabilities/{id}'(ctx) {
      const [account, name] = capabilityIn(ctx)
      const { requested } = ctx.params as { requested?: boolean }
      requestCapabilities(ctx, account.id, { [name]: requested === undefined ? {} : { requested } })
      return capabilityOf(ctx, refreshAccount(ctx, account.id), name)
    },

    'POST /v1/account_links': (ctx) => openOnboarding(ctx, ctx.params as unknown as AccountLinkParams),

    'POST /oauth/token': (ctx) => exchangeToken(ctx, ctx.params as unknown as TokenParams),

    'POST /oauth/deauthorize': (ctx) => deauthorize(ctx, ctx.params),

    'POST /v1/accounts/{id}/login_links': (ctx) => openLoginLink(ctx, ctx.path.id),
  },
})

interface AccountParams {
  type?: string
  controller?: Parameters<typeof controllerOf>[1]
  country?: string
  email?: string
  metadata?: Record<string, string>
  business_profile?: Given<Account>['business_profile']
  business_type?: Account['business_type']
  tos_acceptance?: Given<Account>['tos_acceptance']
  capabilities?: Record<string, { requested?: boolean } | null>
  individual?: PersonInput | null
  company?: Record<string, unknown> | null
  external_account?: ExternalAccountInput['external_account']
  settings?: Parameters<typeof settingsOf>[1]
}

/** What of the parameters is more than a field of the same name. */
function applyParams(ctx: Context & { id: string }, params: AccountParams): void {
  const { id } = ctx
  const own = ctx.on(id)
  if (params.capabilities) requestCapabilities(ctx, id, params.capabilities)
  if (params.external_account) addExternalAccount(ctx, own, { external_account: params.external_account })
  const account = ctx.tables.account.need(id)
  const { business_profile, business_type, tos_acceptance } = params
  const fields: Given<Account> = {
    business_type,
    business_profile: business_profile ? { ...account.business_profile, ...business_profile } : undefined,
    tos_acceptance: tos_acceptance ? { ...account.tos_acceptance, ...tos_acceptance } : undefined,
    settings: settingsOf(own, params.settings, account.settings),
  }
  if (params.individual) fields.individual = individualOf(ctx, id, params.individual)
  if (params.company) fields.company = companyOf(account, params.company)
  ctx.tables.account.patch(id, fields)
}

/** An individual is a person of the account as well, its representative. */
function individualOf(ctx: Context, account: string, input: PersonInput): Given<Account>['individual'] {
  const known = ctx.tables.person.by('account', account).find(({ relationship }) => relationship?.representative)
  const fields = { ...personFields({ ...input, relationship: { representative: true } }, known), account }
  return known ? ctx.tables.person.patch(known.id, fields) : ctx.tables.person.create(fields)
}

function companyOf(
  account: Account,
  { tax_id, vat_id, ...company }: Record<string, unknown>,
): Given<Account>['company'] {
  const known = account.company
  return {
    ...known,
    ...company,
    tax_id_provided: Boolean(tax_id) || known?.tax_id_provided === true,
    vat_id_provided: Boolean(vat_id) || known?.vat_id_provided === true,
  }
}

function capabilityIn(ctx: OperationContext): [Account, string] {
  const account = ctx.tables.account.need(ctx.path.accountId)
  const name = ctx.path.id ?? ''
  if (/^[a-z0-9_]+$/.test(name)) return [account, name]
  throw stripeError(404, 'resource_missing', `No such capability: '${name}'`, 'capability')
}

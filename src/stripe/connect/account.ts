import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { payoutInterval, setPayoutInterval } from '../payout/automatic.ts'
import { defaultCurrency } from '../payout/bank.ts'
import type { Given, Stored } from '../wire.ts'
import { type Account, type Assessment, assess } from './requirements.ts'

const capabilitiesKey = (account: string) => `capabilities ${account}`
const rejectionKey = (account: string) => `rejection ${account}`

export type Requests = Record<string, { requested: boolean; requested_at: number | null }>

/** What was asked for, by capability. */
export const requestsOf = (ctx: Context, account: string): Requests =>
  (ctx.account.memory.get(capabilitiesKey(account)) as Requests | undefined) ?? {}

/** Remembers which capabilities are wanted from now on. */
export function requestCapabilities(
  ctx: Context,
  account: string,
  given: Record<string, { requested?: boolean } | null | undefined>,
): void {
  const requests = { ...requestsOf(ctx, account) }
  for (const [name, wanted] of Object.entries(given)) {
    if (wanted?.requested === undefined || wanted.requested === requests[name]?.requested) continue
    requests[name] = { requested: wanted.requested, requested_at: wanted.requested ? ctx.now : null }
  }
  ctx.account.memory.set(capabilitiesKey(account), requests)
}

export const rejectionOf = (ctx: Context, account: string): string | undefined =>
  ctx.account.memory.get(rejectionKey(account)) as string | undefined

export function setRejection(ctx: Context, account: string, reason: string | undefined): void {
  if (reason === undefined) ctx.account.memory.delete(rejectionKey(account))
  if (reason !== undefined) ctx.account.memory.set(rejectionKey(account), reason)
}

/** Judges an account anew after anything about it changed. `ctx` is the platform's. */
export function assessAccount(ctx: Context, account: Account): Assessment {
  const own = ctx.on(account.id)
  const requests = requestsOf(ctx, account.id)
  return assess({
    account,
    persons: ctx.tables.person.by('account', account.id),
    hasExternalAccount: externalAccountsOf(own).length > 0,
    requested: Object.keys(requests).filter((name) => requests[name]?.requested),
    rejection: rejectionOf(ctx, account.id),
  })
}

/** Bank accounts and cards that a connected account is paid out to, the oldest first. `own` is the account's context. */
export const externalAccountsOf = (own: Context): (Stored<'bank_account'> | Stored<'card'>)[] =>
  [...own.tables.bank_account.by('account', own.account.id), ...own.tables.card.by('account', own.account.id)].reverse()

/** Everything about an account that follows from the rest of it. */
export function derivedFields(ctx: Context, account: Account): Given<Account> {
  const own = ctx.on(account.id)
  const { capabilities, ...standing } = assessAccount(ctx, account)
  return {
    ...standing,
    capabilities,
    external_accounts: {
      object: 'list',
      data: externalAccountsOf(own),
      has_more: false,
      url: `/v1/accounts/${account.id}/external_accounts`,
    },
    future_requirements: emptyRequirements,
  } as Given<Account>
}

/** Lays what follows over the account, tells of `account.updated` and `capability.updated` where it changed, and returns it. */
export function refreshAccount(ctx: Context, id: string): Account {
  const before = ctx.tables.account.need(id)
  const after = ctx.tables.account.patch(id, derivedFields(ctx, before))
  const own = ctx.on(id)
  for (const [name, status] of Object.entries(after.capabilities ?? {}))
    if (before.capabilities?.[name as 'transfers'] !== status)
      own.emit('capability.updated', capabilityOf(ctx, after, name))
  own.emit('account.updated', after)
  return after
}

const emptyRequirements = {
  alternatives: [],
  current_deadline: null,
  currently_due: [],
  disabled_reason: null,
  errors: [],
  eventually_due: [],
  past_due: [],
  pending_verification: [],
}

/** The `capability` object: one per account and name, computed from the account. */
export function capabilityOf(ctx: Context, account: Account, name: string): Record<string, unknown> & { id: string } {
  const request = requestsOf(ctx, account.id)[name]
  const {
    alternatives,
    current_deadline,
    currently_due,
    disabled_reason,
    errors,
    eventually_due,
    past_due,
    pending_verification,
  } = account.requirements ?? emptyRequirements
  const isWanted = request?.requested === true
  return {
    id: name,
    object: 'capability' as const,
    account: account.id,
    future_requirements: emptyRequirements,
    requested: isWanted,
    requested_at: request?.requested_at ?? null,
    requirements: {
      alternatives: alternatives ?? [],
      current_deadline,
      currently_due: isWanted ? currently_due : [],
      disabled_reason:
        isWanted && disabled_reason
          ? disabled_reason.startsWith('rejected')
            ? 'rejected.fraud'
            : 'requirements.fields_needed'
          : null,
      errors: errors ?? [],
      eventually_due: isWanted ? eventually_due : [],
      past_due: isWanted ? past_due : [],
      pending_verification: pending_verification ?? [],
    },
    status: isWanted ? (account.capabilities?.[name as 'transfers'] ?? 'inactive') : ('unrequested' as const),
  }
}

interface ControllerInput {
  fees?: { payer?: string } | undefined
  losses?: { payments?: string } | undefined
  requirement_collection?: string | undefined
  stripe_dashboard?: { type?: string } | undefined
}

/** `type` and `controller` say the same; given one, this is the other: docs.stripe.com/connect/migrate-to-controller-properties. */
export function controllerOf(type: string | undefined, given: ControllerInput | null | undefined) {
  if (type && given)
    throw stripeError(400, 'parameter_invalid_empty', 'You may only specify one of these parameters: controller, type.')
  const known = type === 'custom' ? custom : type === 'express' ? express : standard
  const controller = {
    fees: { payer: given?.fees?.payer ?? known.fees },
    is_controller: true,
    losses: { payments: given?.losses?.payments ?? known.losses },
    requirement_collection: given?.requirement_collection ?? known.collection,
    stripe_dashboard: { type: given?.stripe_dashboard?.type ?? known.dashboard },
    type: 'application',
  }
  return {
    controller: controller as Given<Account>['controller'],
    type: (type ?? (given ? typeOf(controller) : 'standard')) as Account['type'],
  }
}

const standard = { fees: 'account', losses: 'stripe', collection: 'stripe', dashboard: 'full' }
const express = { fees: 'application_express', losses: 'application', collection: 'stripe', dashboard: 'express' }
const custom = { fees: 'application_custom', losses: 'application', collection: 'application', dashboard: 'none' }

function typeOf({
  requirement_collection,
  stripe_dashboard,
}: {
  requirement_collection: string
  stripe_dashboard: { type: string }
}): string {
  if (stripe_dashboard.type === 'full') return 'standard'
  if (stripe_dashboard.type === 'express') return 'express'
  return requirement_collection === 'application' ? 'custom' : 'none'
}

/** What a new account has before anyone decides anything. */
export const startingFields = (country: string): Given<Account> => ({
  business_profile: {
    mcc: null,
    minority_owned_business_designation: null,
    name: null,
    support_address: null,
    support_email: null,
    support_phone: null,
    support_url: null,
    url: null,
  },
  charges_enabled: false,
  country,
  default_currency: defaultCurrency(country),
  details_submitted: false,
  payouts_enabled: false,
})

interface SettingsInput {
  payouts?: { schedule?: { interval?: string | undefined; delay_days?: unknown } | undefined } | undefined
}

/** Keeps the payout schedule where payouts are made, and gives the settings their shape. `own` is the account's context. */
export function settingsOf(
  own: Context,
  params: SettingsInput | null | undefined,
  known?: Account['settings'],
): Given<Account>['settings'] {
  const interval = params?.payouts?.schedule?.interval
  if (interval) setPayoutInterval(own, interval as 'daily')
  return {
    ...known,
    ...(params as Given<Account>['settings']),
    payouts: {
      statement_descriptor: null,
      debit_negative_balances: true,
      ...known?.payouts,
      ...(params?.payouts as object | undefined),
      schedule: { delay_days: 2, interval: payoutInterval(own) },
    },
  }
}

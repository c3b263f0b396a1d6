import type { Given, Stored } from '../wire.ts'

export type Account = Stored<'account'>
export type Person = Stored<'person'>
type Requirements = NonNullable<Given<Account>['requirements']>
export type CapabilityStatus = 'active' | 'inactive' | 'pending'

/** What the rules look at: all of an account that decides what it may do. */
export interface Standing {
  account: Account
  /** Persons of the account; an individual is one, too. */
  persons: readonly Person[]
  hasExternalAccount: boolean
  /** Names of the capabilities that were asked for. */
  requested: readonly string[]
  /** The reason of `reject`; undefined for an account in good standing. */
  rejection?: string | undefined
}

export interface Assessment {
  requirements: Requirements
  capabilities: Record<string, CapabilityStatus>
  charges_enabled: boolean
  payouts_enabled: boolean
  details_submitted: boolean
}

/**
 * What Stripe still wants to know and what the account may do meanwhile: docs.stripe.com/connect/required-verification-information, the
 * United States' list for the full service agreement.
 */
export function assess(standing: Standing): Assessment {
  const { account, rejection, requested } = standing
  const due = missingFields(standing)
  const errors = verificationErrors(standing.persons)
  const currently_due = [...new Set([...due, ...errors.map(({ requirement }) => requirement)])].sort()
  const isClear = currently_due.length === 0 && rejection === undefined
  const status: CapabilityStatus = isClear ? 'active' : 'inactive'
  const capabilities = Object.fromEntries(requested.map((name) => [name, status]))
  const details_submitted = account.details_submitted || (requested.length > 0 && due.length === 0)
  return {
    capabilities,
    charges_enabled: isClear && requested.length > 0,
    payouts_enabled: isClear && requested.length > 0,
    details_submitted,
    requirements: {
      alternatives: [],
      current_deadline: null,
      currently_due,
      disabled_reason: disabledReason(rejection, currently_due, requested),
      errors,
      eventually_due: currently_due,
      past_due: isClear ? [] : currently_due,
      pending_verification: [],
    },
  }
}

function disabledReason(rejection: string | undefined, due: string[], requested: readonly string[]) {
  if (rejection?.startsWith('fraud')) return 'rejected.platform_fraud'
  if (rejection === 'terms_of_service') return 'rejected.platform_terms_of_service'
  if (rejection !== undefined) return 'rejected.platform_other'
  if (requested.length === 0) return 'action_required.requested_capabilities'
  return due.length > 0 ? 'requirements.past_due' : null
}

function missingFields({ account, hasExternalAccount, persons, requested }: Standing): string[] {
  if (requested.length === 0) return hasExternalAccount ? [] : ['external_account']
  const { business_profile: profile, business_type, company, individual, tos_acceptance } = account
  const missing: string[] = []
  const want = (value: unknown, name: string) => void (value || missing.push(name))
  want(business_type, 'business_type')
  want(hasExternalAccount, 'external_account')
  want(tos_acceptance?.date, 'tos_acceptance.date')
  want(tos_acceptance?.ip, 'tos_acceptance.ip')
  if (requested.includes('card_payments')) {
    want(profile?.mcc, 'business_profile.mcc')
    want(profile?.url ?? profile?.product_description, 'business_profile.url')
  }
  if (business_type === 'individual') return [...missing, ...missingOfPerson(individual, 'individual')]
  if (business_type === undefined) return [...missing, ...missingOfPerson(undefined, 'representative')]
  want(company?.name, 'company.name')
  want(company?.tax_id_provided, 'company.tax_id')
  want(company?.phone, 'company.phone')
  for (const part of addressParts) want(company?.address?.[part], `company.address.${part}`)
  want(
    company?.owners_provided || business_type !== 'company' || persons.some(({ relationship }) => relationship?.owner),
    'company.owners_provided',
  )
  const representative = persons.find(({ relationship }) => relationship?.representative)
  return [...missing, ...missingOfPerson(representative, representative?.id ?? 'representative')]
}

const addressParts = ['line1', 'city', 'state', 'postal_code'] as const

function missingOfPerson(person: Person | undefined, prefix: string): string[] {
  const missing = (['first_name', 'last_name', 'email', 'phone'] as const).filter((name) => !person?.[name]).map(String)
  for (const part of addressParts) if (!person?.address?.[part]) missing.push(`address.${part}`)
  for (const part of ['day', 'month', 'year'] as const) if (!person?.dob?.[part]) missing.push(`dob.${part}`)
  if (!person?.ssn_last_4_provided && !person?.id_number_provided) missing.push('ssn_last_4')
  return missing.map((name) => `${prefix}.${name}`)
}

/** A person whose documented test data does not match is asked for a document: docs.stripe.com/connect/testing. */
function verificationErrors(persons: readonly Person[]) {
  return persons
    .filter(
      ({ verification }) =>
        verification?.status === 'unverified' && verification.details_code === 'failed_keyed_identity',
    )
    .map(({ id }) => ({
      code: 'verification_failed_keyed_identity' as const,
      reason:
        "The person's keyed-in identity information could not be verified. Correct any errors or upload a document that matches the identity fields (e.g., name and date of birth) that you entered.",
      requirement: `${id}.verification.document`,
    }))
}

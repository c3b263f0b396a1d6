import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given, Stored } from '../wire.ts'

export type VerificationSession = Stored<'identity.verification_session'>

/** How a test verification can end: docs.stripe.com/identity/verification-sessions#test. */
export const verificationOutcomes = [
  'verified',
  'consent_declined',
  'document_expired',
  'document_unverified_other',
  'under_supported_age',
] as const
export type VerificationOutcome = (typeof verificationOutcomes)[number]

const reasons: Record<Exclude<VerificationOutcome, 'verified'>, string> = {
  consent_declined: 'The user did not consent to verification.',
  document_expired: 'The document is expired.',
  document_unverified_other: 'The document could not be verified.',
  under_supported_age: 'The user is under the minimum supported age.',
}

/** Refuses what a session no longer allows. */
export function needOpenSession(session: VerificationSession, what: string): void {
  if (session.status === 'requires_input') return
  throw stripeError(
    400,
    undefined,
    `You cannot ${what} a VerificationSession with status ${session.status}: it must be requires_input.`,
  )
}

/** The person is done with the page: the session is processing, and what comes of it is known at once. */
export function finishVerification(
  ctx: Context,
  session: VerificationSession,
  outcome: VerificationOutcome,
): VerificationSession {
  if (session.status !== 'requires_input') return session
  const table = ctx.tables['identity.verification_session']
  ctx.emit('identity.verification_session.processing', table.patch(session.id, { status: 'processing' }))
  const report = outcome === 'consent_declined' ? null : makeReport(ctx, session, outcome).id
  const isVerified = outcome === 'verified'
  const done = table.patch(session.id, {
    last_error: isVerified ? null : { code: outcome, reason: reasons[outcome] },
    last_verification_report: report,
    status: isVerified ? 'verified' : 'requires_input',
    ...(isVerified && { url: null, verified_outputs: { ...person, id_number_type: null, email: null, phone: null } }),
  })
  ctx.emit(`identity.verification_session.${isVerified ? 'verified' : 'requires_input'}`, done)
  return done
}

const person = {
  address: {
    city: 'San Francisco',
    country: 'US',
    line1: '1234 Main St',
    line2: null,
    postal_code: '94111',
    state: 'CA',
  },
  first_name: 'Jenny',
  last_name: 'Rosen',
}

function makeReport(ctx: Context, session: VerificationSession, outcome: VerificationOutcome) {
  const isVerified = outcome === 'verified'
  const document: Given<Stored<'identity.verification_report'>>['document'] = {
    ...person,
    error: isVerified ? null : { code: outcome as 'document_expired', reason: reasons[outcome as 'document_expired'] },
    files: [],
    issued_date: { day: 1, month: 1, year: 2020 },
    issuing_country: 'US',
    status: isVerified ? 'verified' : 'unverified',
    type: 'driving_license',
  }
  return ctx.tables['identity.verification_report'].create({
    client_reference_id: session.client_reference_id,
    ...(session.type === 'document' && { document }),
    options: {},
    type: session.type,
    verification_session: session.id,
  })
}

import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import {
  finishVerification,
  needOpenSession,
  type VerificationOutcome,
  verificationOutcomes,
} from '../identity/verification.ts'

/** Checks of a person's documents: docs.stripe.com/identity/how-sessions-work. */
export const verificationSessions = defineResource({
  object: 'identity.verification_session',
  events: { update: false },

  create(ctx) {
    const { id, params } = ctx
    if (!params.type && !params.verification_flow)
      throw stripeError(400, 'parameter_missing', 'You must provide either `type` or `verification_flow`.', 'type')
    return {
      client_reference_id: params.client_reference_id ?? null,
      client_secret: `${id}_secret_test_${ctx.newSecret(40)}`,
      last_error: null,
      last_verification_report: null,
      metadata: params.metadata ?? {},
      redaction: null,
      status: 'requires_input',
      type: params.type ?? 'document',
      url: ctx.url(`/identity/${id}`),
    }
  },

  update(ctx) {
    needOpenSession(ctx.object, 'update')
    return undefined
  },

  actions: {
    cancel(ctx) {
      needOpenSession(ctx.object, 'cancel')
      const canceled = ctx.tables['identity.verification_session'].patch(ctx.id, { status: 'canceled', url: null })
      ctx.emit('identity.verification_session.canceled', canceled)
      return canceled
    },

    redact(ctx) {
      if (ctx.object.status === 'processing')
        throw stripeError(400, undefined, 'You cannot redact a VerificationSession with status processing.')
      const redacted = ctx.tables['identity.verification_session'].patch(ctx.id, {
        redaction: { status: 'redacted' },
        url: null,
        verified_outputs: null,
      })
      ctx.emit('identity.verification_session.redacted', redacted)
      return redacted
    },
  },

  operations: {
    /** Ours: ends a verification without a browser, as the page does. */
    'POST /v1/test_helpers/identity/verification_sessions/{id}/finish'(ctx) {
      const session = ctx.tables['identity.verification_session'].need(ctx.path.id)
      const { outcome = 'verified' } = ctx.params as { outcome?: VerificationOutcome }
      if (verificationOutcomes.includes(outcome)) return finishVerification(ctx, session, outcome)
      throw stripeError(400, undefined, `Invalid outcome: must be one of ${verificationOutcomes.join(', ')}`, 'outcome')
    },
  },
})

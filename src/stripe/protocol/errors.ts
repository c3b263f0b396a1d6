import type { StripeError, StripeErrorFields } from '../error.ts'

/** The body of an answer that is an error: `doc_url` for codes, `request_log_url` for what a request id exists for. */
export function errorBody(error: StripeError, requestId: string, isV2: boolean): object {
  const { fields } = error
  const type = fields.type ?? (error.status >= 500 ? 'api_error' : 'invalid_request_error')
  if (oauthCodes.has(fields.code ?? '')) return { error: fields.code, error_description: fields.message }
  if (isV2) return { error: v2Error(fields, type) }
  return {
    error: {
      ...fields,
      ...(fields.code !== undefined && { doc_url: docUrl(fields.code) }),
      message: fields.message ?? '',
      request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
      type,
    },
  }
}

/** Errors of OAuth have the form of its standard, not Stripe's: docs.stripe.com/connect/oauth-reference. */
const oauthCodes = new Set(['invalid_client', 'invalid_grant', 'invalid_scope', 'unsupported_grant_type'])

/** Errors of v2 have a code always. */
function v2Error(fields: StripeErrorFields, type: string): object {
  const { code = 'invalid_parameters', message = '', ...rest } = fields
  return { ...rest, code: v2Codes[code] ?? code, message, type, user_message: null }
}

const v2Codes: Record<string, string> = { resource_missing: 'not_found', parameter_unknown: 'unknown_field' }

const docUrl = (code: string): string => `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`

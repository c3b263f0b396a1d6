import { createHash } from 'node:crypto'
import { StripeError } from '../error.ts'
import { readToken } from './session-token.ts'

export interface Credential {
  kind: 'secret' | 'restricted' | 'publishable'
  /** The key as it may be shown. */
  masked: string
  /** The account the key belongs to. `sk_test_X`, `rk_test_X` and `pk_test_X` are keys of the same one. */
  account: string
  /** The one call that it is good for. */
  only?: string
}

const kinds = { sk: 'secret', rk: 'restricted', pk: 'publishable' } as const
const keyPattern = /^(sk|rk|pk)_test_([A-Za-z0-9_]{1,200})$/

/** What the headers say that were used last: reading one costs more than much of a request. */
const credentials = new Map<string, Credential>()
const mostCredentials = 1000
const longestKept = 300

/** Whose request this is, from `Authorization: Bearer KEY` or Basic with the key as user name. Throws Stripe's 401s. */
export function authenticate(authorization: string | undefined): Credential {
  const known = authorization && credentials.get(authorization)
  if (known) return known
  const credential = read(authorization)
  if (!authorization || authorization.length > longestKept) return credential
  if (credentials.size === mostCredentials) credentials.clear()
  credentials.set(authorization, credential)
  return credential
}

function read(authorization: string | undefined): Credential {
  const key = keyOf(authorization)
  if (key === undefined || key === '') throw unauthorized(missingMessage)
  if (/^[srp]k_live_/.test(key)) throw unauthorized(liveMessage(key))
  const streaming = readToken(key)
  if (streaming !== undefined)
    return { kind: 'restricted', masked: maskKey(key), account: streaming, only: 'POST /v2/billing/meter_event_stream' }
  const match = keyPattern.exec(key)
  if (!match) throw unauthorized(`Invalid API Key provided: ${maskKey(key)}`)
  return { kind: kinds[match[1] as keyof typeof kinds], masked: maskKey(key), account: accountOf(match[2]!) }
}

function keyOf(authorization: string | undefined): string | undefined {
  const [, scheme, value] = /^\s*(bearer|basic)\s+(\S+)\s*$/i.exec(authorization ?? '') ?? []
  if (value === undefined) return undefined
  if (scheme?.toLowerCase() === 'bearer') return value
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0]
}

/** Stripe shows the kind of a key and its last four characters. */
export function maskKey(key: string): string {
  const prefix = /^[a-z]{2}_(?:test|live)_/.exec(key)?.[0] ?? ''
  const rest = key.slice(prefix.length)
  const shown = rest.length > 4 ? rest.slice(-4) : ''
  return prefix + '*'.repeat(Math.min(rest.length - shown.length, 64)) + shown.replace(/[^\w-]/g, '*')
}

/** An id of Stripe's form that is always the same for the same key. */
function accountOf(secret: string): string {
  const digest = createHash('sha256')
    .update(secret)
    .digest('base64')
    .replace(/[^A-Za-z0-9]/g, '')
  return `acct_1${digest.padEnd(15, '0').slice(0, 15)}`
}

const unauthorized = (message: string): StripeError => new StripeError(401, { type: 'invalid_request_error', message })

const missingMessage =
  'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth ' +
  "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, " +
  'or we can help at https://support.stripe.com/.'

const liveMessage = (key: string): string =>
  `Invalid API Key provided: ${maskKey(key)}. This is a local sandbox and refuses live keys: use a key that starts with sk_test_.`

/** What a publishable key may do; everything else needs a secret one. */
const publishable = [
  /^POST \/v1\/(tokens|sources|payment_methods|confirmation_tokens)$/,
  /^(GET|POST) \/v1\/(payment_intents|setup_intents)\/[^/]+(\/(confirm|verify_microdeposits))?$/,
  /^POST \/v1\/payment_pages\/[^/]+\/elements$/,
  /^GET \/v1\/sources\/[^/]+$/,
  /^GET \/v1\/(checkout\/sessions|elements\/sessions)/,
]

/** Throws unless this kind of key may make this request. */
export function authorize(credential: Credential, method: string, path: string): void {
  if (credential.only === `${method} ${path}`) return
  if (credential.only !== undefined)
    throw new StripeError(403, {
      type: 'invalid_request_error',
      message: `This token is only good for ${credential.only}.`,
    })
  if (credential.kind !== 'publishable') return
  if (publishable.some((pattern) => pattern.test(`${method} ${path}`))) return
  throw new StripeError(403, {
    type: 'invalid_request_error',
    code: 'secret_key_required',
    message: 'This API call cannot be made with a publishable API key. Please use a secret API key.',
  })
}

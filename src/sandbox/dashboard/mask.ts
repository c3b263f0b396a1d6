/** Keys, signing secrets and client secrets: their kind and their last four characters stay. */
const secrets = /((?<!\w)(?:(?:[sr]k|ek)_(?:test|live)_|whsec_)|_secret_)([A-Za-z0-9+/_-]*={0,2})/g

/** Fields whose whole value is a secret, and numbers of cards and bank accounts. */
const secretNames = new Set(['secret', 'client_secret', 'cvc', 'password', 'pin', 'api_key', 'access_token'])
const numberNames = new Set(['number', 'account_number', 'id_number'])

/** Text without the secrets in it. */
export const maskText = (text: string): string =>
  text.replace(secrets, (_all, kind: string, rest: string) => `${kind}${ending(rest)}`)

/** A copy of a JSON value in which no secret can be read; `name` is the field it stands in. */
export function mask(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return maskField(value, name)
  if (Array.isArray(value)) return value.map((item) => mask(item, name))
  if (typeof value !== 'object' || value === null) return secretNames.has(name) && value ? '…' : value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mask(inner, key)]))
}

function maskField(text: string, name: string): string {
  const masked = maskText(text)
  if (masked !== text) return masked
  if (secretNames.has(name) || (numberNames.has(name) && /^\d[\d -]{4,}$/.test(text))) return ending(text)
  return text
}

const ending = (text: string): string => (text.length > 8 ? `…${text.slice(-4)}` : '…')

/**
 * Where a customer may be sent: an address of this application, absolute or from its root. Undefined for every other. Browsers read `\` as
 * `/` and ignore control characters, and two slashes begin a host, so texts with any of these are nobody's address.
 */
export function redirectOf(value: string, publicUrl: string): string | undefined {
  if (value.length > 2048 || /[\\\p{C}\s]/u.test(value)) return undefined
  if (!/^(https?:\/\/|\/(?!\/))/i.test(value) || !URL.canParse(value, publicUrl)) return undefined
  const url = new URL(value, publicUrl)
  const isOurs = url.origin === new URL(publicUrl).origin && url.username === '' && url.password === ''
  return isOurs ? url.href : undefined
}

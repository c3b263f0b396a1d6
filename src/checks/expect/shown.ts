const longest = 200

/** A value as short text for a finding: JSON on one line, cut at 200 characters; `nothing` for a value that is not there. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  return clipped(
    JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? typeof value,
  )
}

/** The beginning of a text on one line, with the number of characters left out. */
export function clipped(text: string, most = longest): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= most ? line : `${line.slice(0, most)}… (${line.length - most} more characters)`
}

/** One value of a plan that is not itself a list or an object. */
export interface Leaf {
  /** `website.0.url` */
  path: string
  value: unknown
  isUnknown: boolean
  isSensitive: boolean
}

const childOf = (mask: unknown, key: string): unknown =>
  mask === true ? true : ((mask as Record<string, unknown> | null | undefined)?.[key] ?? false)

const keysOf = (value: unknown): string[] => (value !== null && typeof value === 'object' ? Object.keys(value) : [])

/**
 * The leaves of a value with its two masks. `after_unknown` and `after_sensitive` have the shape of the value but leave out what is
 * false; a value that is unknown is absent from `after`, so the masks are walked as well as the value.
 */
export function leavesOf(value: unknown, unknown: unknown = false, sensitive: unknown = false, path = ''): Leaf[] {
  const keys = new Set([...keysOf(value), ...(typeof value === 'object' || value === undefined ? keysOf(unknown) : [])])
  if (keys.size === 0) {
    const isEmpty = value !== null && typeof value === 'object'
    if (isEmpty && unknown !== true) return []
    return [{ path, value, isUnknown: unknown === true, isSensitive: sensitive === true }]
  }
  return [...keys].flatMap((key) =>
    leavesOf(
      (value as Record<string, unknown> | undefined)?.[key],
      childOf(unknown, key),
      childOf(sensitive, key),
      path === '' ? key : `${path}.${key}`,
    ),
  )
}

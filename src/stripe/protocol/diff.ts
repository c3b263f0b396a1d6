type Json = Readonly<Record<string, unknown>>

/**
 * What `data.previous_attributes` of an update holds: the old values of what changed. Of nested objects only the changed keys,
 * null for keys that were not there; arrays and lists whole. Undefined when nothing changed.
 */
export function previousAttributes(before: Json, after: Json): Record<string, unknown> | undefined {
  const previous: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[name]
    const current = after[name]
    if (old === current || isSame(old, current)) continue
    previous[name] = isPlain(old) && isPlain(current) ? previousAttributes(old, current) : (old ?? null)
  }
  return Object.keys(previous).length > 0 ? previous : undefined
}

const isPlain = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && (value as Json).object !== 'list'

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  return JSON.stringify(a) === JSON.stringify(b)
}

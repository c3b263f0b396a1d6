import { z } from 'zod'

interface Step {
  key: string | number
  isEvery: boolean
}

export interface JsonMatch {
  /** Where it stands, normalised: `$.items[0].id`. */
  path: string
  value: unknown
}

const step = /\.([A-Za-z_$][\w$-]*)|\.(\*)|\[(\*)\]|\[(0|[1-9]\d{0,8})\]|\['((?:[^'\\]|\\['\\])*)'\]/y

/**
 * Reads the exact subset of JSONPath (RFC 9535) that gate files use: `$`, `.name`, `['any name']`, `[0]`, `[*]`, `.*`.
 * Undefined for anything else; there are no filters, slices or recursive descent, so a path never matches more than it says.
 */
export function parseJsonPath(text: string): readonly Step[] | undefined {
  if (!text.startsWith('$') || text.length > 1000) return undefined
  const steps: Step[] = []
  step.lastIndex = 1
  while (step.lastIndex < text.length) {
    const match = step.exec(text)
    if (!match) return undefined
    const [, name, dotStar, star, index, quoted] = match
    if (dotStar || star) steps.push({ key: '*', isEvery: true })
    else if (index !== undefined) steps.push({ key: Number(index), isEvery: false })
    else steps.push({ key: name ?? quoted!.replace(/\\(['\\])/g, '$1'), isEvery: false })
  }
  return steps
}

/** Every value that a path selects, in document order; none where it leads nowhere. Throws a RangeError for a text that is no path. */
export function selectJson(document: unknown, path: string): JsonMatch[] {
  const steps = parseJsonPath(path)
  if (!steps) throw new RangeError(`not a JSONPath of the supported subset: ${path}`)
  let matches: JsonMatch[] = [{ path: '$', value: document }]
  for (const { key, isEvery } of steps) {
    matches = matches.flatMap((match) => (isEvery ? childrenOf(match) : childAt(match, key)))
  }
  return matches
}

/** The members of an object or array with their own paths; none for a scalar. */
export function childrenOf({ path, value }: JsonMatch): JsonMatch[] {
  if (Array.isArray(value)) return value.map((item, index) => ({ path: `${path}[${index}]`, value: item }))
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).map(([name, item]) => ({ path: path + memberPath(name), value: item }))
}

/** `.name`, or `['any name']` where the name needs quotes. */
export const memberPath = (name: string): string =>
  /^[A-Za-z_$][\w$-]*$/.test(name) ? `.${name}` : `['${name.replace(/['\\]/g, '\\$&')}']`

function childAt({ path, value }: JsonMatch, key: string | number): JsonMatch[] {
  if (typeof key === 'number') {
    return Array.isArray(value) && key < value.length ? [{ path: `${path}[${key}]`, value: value[key] }] : []
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, key)) return []
  return [{ path: path + memberPath(key), value: (value as Record<string, unknown>)[key] }]
}

/** A JSONPath in a gate file. */
export const jsonPathSchema = z
  .string()
  .refine((text) => parseJsonPath(text) !== undefined, {
    error: "expected a JSONPath made of $, .name, ['name'], [0] and [*], such as $.items[0].id",
  })
  .meta({ description: "JSONPath: $, .name, ['name'], [0], [*]" })

import type { z } from 'zod'
import type { Problem } from './errors.ts'
import type { Path, YamlSource } from './place.ts'
import { maskSecretLiterals } from './secret-literals.ts'
import { didYouMean } from './suggest.ts'

type Issue = z.core.$ZodIssue

export interface SchemaProblemOptions {
  /** Where the validated value stands in the source. */
  base?: Path
  /** Keys that are also allowed at the top of the value, for the suggestions. */
  extraKeys?: readonly string[]
  /** Issues that are not problems, such as those about a template that is filled in later. */
  ignore?: (issue: Issue) => boolean
}

/** What zod found, as problems with places, suggestions and remedies. */
export function schemaProblems(
  issues: readonly Issue[],
  schema: z.ZodType,
  source: YamlSource,
  { base = [], extraKeys = [], ignore = () => false }: SchemaProblemOptions = {},
): Problem[] {
  return issues.flatMap(narrow).flatMap((issue) => {
    if (ignore(issue)) return []
    if (issue.code !== 'unrecognized_keys') return [valueProblem(issue, source, base)]
    const known = [...keysAt(schema, issue.path), ...(issue.path.length === 0 ? extraKeys : [])]
    return issue.keys.map((key): Problem => {
      const note = didYouMean(key, known)
      return {
        title: `unknown key "${maskSecretLiterals(key)}"`,
        place: source.place([...base, ...issue.path, key], 'key'),
        ...(note && { note }),
        remedy: known.length > 0 ? `keys here: ${[...new Set(known)].sort().join(', ')}` : 'remove it',
      }
    })
  })
}

function valueProblem(issue: Issue, source: YamlSource, base: Path): Problem {
  const path = [...base, ...issue.path]
  const key = issue.path.at(-1)
  const isMissing =
    issue.code === 'invalid_type' && typeof key === 'string' && valueAt(source.value, path) === undefined
  if (isMissing) {
    const place = source.place(path, 'key')
    return { title: `missing "${key}"`, place, remedy: `add ${dotted(issue.path)} here: ${plain(issue.message)}` }
  }
  const subject = issue.path.length > 0 ? `${dotted(issue.path)}: ` : ''
  return {
    title: maskSecretLiterals(`${subject}${plain(issue.message)}`),
    place: source.place(path),
    ...remedyOf(issue),
  }
}

function remedyOf(issue: Issue): { remedy?: string; note?: string } {
  if (issue.code !== 'invalid_value') return {}
  const values = issue.values.map(String)
  const note = typeof issue.input === 'string' ? didYouMean(issue.input, values) : undefined
  return { remedy: `one of: ${values.join(', ')}`, ...(note && { note }) }
}

const plain = (message: string): string =>
  message.replace(/^Invalid (?:input|option|string): /, '').replace(/, received undefined$/, '')

/** `request.headers[0]` */
export function dotted(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index ? '.' : ''}${String(part)}`))
    .join('')
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], value)
}

/** A failed union says only that nothing fitted; the branch that came nearest says why. */
function narrow(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const misses = (branch: readonly Issue[]) => branch.some((each) => each.path.length === 0 && isTypeMiss(each))
  const near = issue.errors.filter((branch) => !misses(branch)).sort((a, b) => a.length - b.length)[0]
  if (near) return near.flatMap((each) => narrow({ ...each, path: [...issue.path, ...each.path] }))
  if (issue.message !== 'Invalid input') return [{ ...issue, errors: [] }]
  const wanted = issue.errors.flatMap((branch) => branch.slice(0, 1).map((each) => plain(each.message)))
  const words = wanted.map((text) => text.replace(/^expected /, '').replace(/, received \w+$/, ''))
  return [{ ...issue, errors: [], message: `expected ${[...new Set(words)].join(', or ')}` }]
}

const isTypeMiss = (issue: Issue): boolean => issue.code === 'invalid_type' || issue.code === 'invalid_value'

interface Definition {
  type: string
  shape?: Record<string, z.ZodType>
  innerType?: z.ZodType
  element?: z.ZodType
  valueType?: z.ZodType
  in?: z.ZodType
  left?: z.ZodType
  right?: z.ZodType
  getter?: () => z.ZodType
  options?: readonly z.ZodType[]
}

/** The keys that a schema allows for the object at a path, over all branches of unions. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
  const def = schema._zod.def as unknown as Definition
  const alternatives = [...(def.options ?? []), def.innerType, def.in, def.left, def.right, def.getter?.()]
  const through = alternatives.filter((each) => each !== undefined)
  if (through.length > 0) return through.flatMap((each) => keysAt(each, path))
  const [head, ...rest] = path
  if (head === undefined) return Object.keys(def.shape ?? {})
  const next = def.shape?.[String(head)] ?? def.element ?? def.valueType
  return next ? keysAt(next, rest) : []
}

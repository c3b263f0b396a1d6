import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { shown } from './shown.ts'

const types = ['string', 'number', 'boolean', 'null', 'array', 'object'] as const
type JsonType = (typeof types)[number]

/** A regular expression in a gate file, in the `u` dialect; refused when it does not compile. */
export const patternSchema = z
  .string()
  .min(1)
  .max(2000)
  .refine(isPattern, { error: 'expected a regular expression that compiles' })
  .meta({ description: 'Regular expression (JavaScript, unicode)' })

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

const rules = z
  .strictObject({
    equals: z.json().optional().describe('The same JSON value, nothing more and nothing less'),
    not: scalar.optional().describe('Any value but this one'),
    oneOf: z.array(scalar).min(1).optional(),
    match: patternSchema.optional(),
    contains: scalar.optional().describe('A part of the text, or an element of the list'),
    notContains: scalar.optional(),
    type: z.enum(types).optional(),
    gt: z.number().optional(),
    gte: z.number().optional(),
    lt: z.number().optional(),
    lte: z.number().optional(),
    length: z.int().min(0).optional().describe('Characters of a text, elements of a list'),
    exists: z.boolean().optional(),
    absent: z.literal(true).optional(),
  })
  .refine((value) => Object.keys(value).length > 0, {
    error: 'expected at least one rule; an empty one accepts everything',
  })

type Rules = z.output<typeof rules>

/**
 * What a value must be: a scalar or list stands for itself, an object holds rules that must all hold. An object to compare with goes
 * under `equals`, so that a misspelt rule is an error and never a comparison.
 */
export const matcherSchema = z
  .union([scalar, z.array(z.json()), rules])
  .meta({ id: 'Matcher', description: 'A value, or rules such as { match }, { gte }, { oneOf }' })
export type Matcher = z.output<typeof matcherSchema>

/** Compares one value; undefined when it is as expected, else what was expected, in words. `undefined` stands for a value that is not there. */
export function mismatch(matcher: Matcher, actual: unknown): string | undefined {
  if (matcher === null || typeof matcher !== 'object' || Array.isArray(matcher)) {
    return isDeepStrictEqual(actual, matcher) ? undefined : shown(matcher)
  }
  const broken = ruleNames.filter((name) => matcher[name] !== undefined && !judges[name](matcher, actual))
  return broken.length === 0 ? undefined : broken.map((name) => wording(name, matcher[name])).join(' and ')
}

/** True when the matcher is content with nothing being there. */
export const acceptsAbsence = (matcher: Matcher): boolean => mismatch(matcher, undefined) === undefined

const judges: Record<keyof Rules, (rules: Rules, actual: unknown) => boolean> = {
  equals: ({ equals }, actual) => isDeepStrictEqual(actual, equals),
  not: ({ not }, actual) => actual !== undefined && actual !== not,
  oneOf: ({ oneOf }, actual) => oneOf!.some((each) => each === actual),
  match: ({ match }, actual) => isText(actual) && new RegExp(match!, 'u').test(String(actual)),
  contains: ({ contains }, actual) => holds(actual, contains),
  notContains: ({ notContains }, actual) => isContainer(actual) && !holds(actual, notContains),
  type: ({ type }, actual) => typeOf(actual) === type,
  gt: ({ gt }, actual) => typeof actual === 'number' && actual > gt!,
  gte: ({ gte }, actual) => typeof actual === 'number' && actual >= gte!,
  lt: ({ lt }, actual) => typeof actual === 'number' && actual < lt!,
  lte: ({ lte }, actual) => typeof actual === 'number' && actual <= lte!,
  length: ({ length }, actual) => isContainer(actual) && actual.length === length,
  exists: ({ exists }, actual) => (actual !== undefined) === exists,
  absent: (_, actual) => actual === undefined,
}
const ruleNames = Object.keys(judges) as (keyof Rules)[]

const isText = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number'
const isContainer = (value: unknown): value is string | unknown[] => typeof value === 'string' || Array.isArray(value)

function holds(actual: unknown, part: unknown): boolean {
  if (typeof actual === 'string') return actual.includes(String(part))
  return Array.isArray(actual) && actual.includes(part)
}

function typeOf(value: unknown): JsonType | undefined {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return types.find((each) => each === type)
}

function wording(name: keyof Rules, wanted: unknown): string {
  if (name === 'absent' || (name === 'exists' && wanted === false)) return 'absent'
  if (name === 'exists') return 'to exist'
  const words: Partial<Record<keyof Rules, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=', oneOf: 'one of' }
  if (name === 'match') return `to match ${String(wanted)}`
  return name === 'equals' ? shown(wanted) : `${words[name] ?? name} ${shown(wanted)}`
}

function isPattern(source: string): boolean {
  try {
    return Boolean(new RegExp(source, 'u'))
  } catch {
    return false
  }
}

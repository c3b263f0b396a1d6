import { suggest } from '../../kernel/suggest.ts'
import type { Code } from '../catalogue/codes.ts'
import type { Field, Schema, SchemaType } from '../catalogue/schema.ts'
import { StripeError, stripeError } from '../error.ts'
import { isFilePart } from './form.ts'
import { checkMetadata } from './metadata.ts'
import { coerceScalar, invalidString } from './scalar.ts'

export interface ParamsRules {
  schema: Schema
  /** Paths accepted although the type does not have them (`phases[][iterations]`): what an older API version still takes. */
  alsoAccepted: ReadonlySet<string>
  /** Values of JSON bodies have types already; those of forms are texts. */
  isJson: boolean
}

/** Checks parameters against their type and gives them the types it names. Throws the error that Stripe answers with. */
export function checkParams(
  raw: Readonly<Record<string, unknown>>,
  type: SchemaType | undefined,
  rules: ParamsRules,
): Record<string, unknown> {
  const unknown: string[] = []
  const params = type ? checkObject(raw, type, '', rules, unknown) : checkUntyped(raw, rules, unknown)
  if (unknown.length > 0) throw unknownParameters(unknown, type)
  return params
}

/** Operations without parameters still take `expand`. */
function checkUntyped(raw: Readonly<Record<string, unknown>>, rules: ParamsRules, unknown: string[]) {
  for (const name of Object.keys(raw)) if (name !== 'expand' && !rules.alsoAccepted.has(name)) unknown.push(name)
  return { ...raw }
}

function checkObject(
  raw: Readonly<Record<string, unknown>>,
  type: SchemaType,
  at: string,
  rules: ParamsRules,
  unknown: string[],
): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const name of Object.keys(raw)) {
    const path = at === '' ? name : `${at}[${name}]`
    const field = type.byName.get(name)
    if (field) params[name] = checkValue(raw[name], field.code, path, rules, unknown)
    else if ((at === '' && name === 'expand') || rules.alsoAccepted.has(path.replace(/\[\d+\]/g, '[]')))
      params[name] = listOf(raw[name]) ?? raw[name]
    else unknown.push(path)
  }
  if (unknown.length === 0) needAll(type.fields, params, at)
  return params
}

function needAll(fields: readonly Field[], params: Record<string, unknown>, at: string): void {
  for (const { name, isOptional } of fields) {
    if (isOptional || params[name] !== undefined) continue
    const path = at === '' ? name : `${at}[${name}]`
    throw stripeError(400, 'parameter_missing', `Missing required param: ${path}.`, path)
  }
}

function checkValue(value: unknown, code: Code, at: string, rules: ParamsRules, unknown: string[]): unknown {
  if (value === null || value === '') return checkEmpty(value, code, at, rules)
  switch (code.kind) {
    case 'union':
      return checkUnion(value, code, at, rules, unknown)
    case 'object':
    case 'partial':
    case 'expandable':
      return checkNested(value, code, at, rules, unknown)
    case 'array':
      return checkArray(value, code, at, rules, unknown)
    case 'map':
      return checkMap(value, code, at, rules, unknown)
    case 'metadata':
      return checkMetadata(value, at)
    case 'any':
      return value
    case 'bytes':
      if (isFilePart(value)) return value
      throw invalidString(value, at)
    default:
      return coerceScalar(value, code, at, rules.isJson)
  }
}

/** An empty value clears what can be cleared. Text that cannot be empty is refused in Stripe's words. */
function checkEmpty(value: '' | null, code: Code, at: string, rules: ParamsRules): unknown {
  if (code.isEmptyable || code.isNullable) return null
  if (code.kind === 'array' || code.kind === 'map' || code.kind === 'any') return code.kind === 'array' ? [] : {}
  if (code.kind === 'metadata') return {}
  if (rules.isJson && value === '' && code.kind === 'string') return value
  throw stripeError(
    400,
    'parameter_invalid_empty',
    `You passed an empty string for '${at}'. We assume empty values are an attempt to unset a parameter; however '${at}' ` +
      `cannot be unset. You should remove '${at}' from your request or supply a non-empty value.`,
    at,
  )
}

function checkNested(value: unknown, code: Code, at: string, rules: ParamsRules, unknown: string[]): unknown {
  if (code.kind === 'expandable' && typeof value === 'string') return value
  if (!isMap(value)) throw stripeError(400, undefined, 'Invalid object', at)
  if (code.types && code.types.length > 1)
    return checkUnion(value, alternatives(value, code, rules), at, rules, unknown)
  const name = code.of?.types?.[0] ?? code.types?.[0]
  const type = name === undefined ? undefined : rules.schema.type(name)
  if (!type) return value
  const fields = code.kind === 'partial' ? { ...type, fields: [] } : type
  return checkObject(value, fields, at, rules, unknown)
}

/** A card or a bank account: the types whose `object` is the value's, or all of them. */
function alternatives(value: Record<string, unknown>, code: Code, { schema }: ParamsRules): Code {
  const types = code.types ?? []
  const named = types.filter((name) => schema.type(name)?.byName.get('object')?.code.values?.[0] === value.object)
  return {
    ...code,
    kind: 'union',
    either: (named.length > 0 ? named : types).map((type) => ({ ...code, types: [type] })),
  }
}

function checkArray(value: unknown, code: Code, at: string, rules: ParamsRules, unknown: string[]): unknown[] {
  const items = rules.isJson && !Array.isArray(value) ? undefined : listOf(value)
  if (!items) throw stripeError(400, undefined, 'Invalid array', at)
  return items.map((item, index) => checkValue(item, code.of!, `${at}[${index}]`, rules, unknown))
}

function checkMap(value: unknown, code: Code, at: string, rules: ParamsRules, unknown: string[]): unknown {
  if (!isMap(value)) throw stripeError(400, undefined, 'Invalid object', at)
  const checked: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value))
    checked[key] = checkValue(item, code.of!, `${at}[${key}]`, rules, unknown)
  return checked
}

/** The alternative that takes the value; the error of the likeliest when none does. */
function checkUnion(value: unknown, code: Code, at: string, rules: ParamsRules, unknown: string[]): unknown {
  const isNested = typeof value === 'object'
  const parts = code.either!.filter((part) => isNested === isContainer(part))
  let first: unknown
  for (const part of parts.length > 0 ? parts : code.either!) {
    const found: string[] = []
    try {
      const checked = checkValue(value, part, at, rules, found)
      if (found.length === 0) return checked
      first ??= found
    } catch (error) {
      if (!(error instanceof StripeError)) throw error
      first ??= error
    }
  }
  if (!Array.isArray(first)) throw first
  unknown.push(...first)
  return undefined
}

const isContainer = ({ kind }: Code): boolean =>
  ['object', 'array', 'map', 'partial', 'metadata', 'expandable', 'any'].includes(kind)

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isFilePart(value)

/** An array, or what numbered keys (`items[0]`) made: an object of them. */
function listOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value
  if (!isMap(value)) return undefined
  const keys = Object.keys(value)
  if (!keys.every((key) => /^\d{1,6}$/.test(key))) return undefined
  return keys.sort((a, b) => Number(a) - Number(b)).map((key) => value[key])
}

function unknownParameters(names: string[], type: SchemaType | undefined): StripeError {
  const [first] = names
  const suggestion = names.length === 1 && type ? suggest(first!, type.byName.keys()) : undefined
  const message =
    names.length > 1
      ? `Received unknown parameters: ${names.join(', ')}`
      : `Received unknown parameter: ${first}${suggestion ? `. Did you mean ${suggestion}?` : ''}`
  return stripeError(400, 'parameter_unknown', message, first)
}

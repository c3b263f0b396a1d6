import type { Code, CodeKind } from '../../src/stripe/catalogue/codes.ts'
import type { CatalogueOperation } from '../../src/stripe/catalogue/model.ts'
import type { Field, Schema, SchemaType } from '../../src/stripe/catalogue/schema.ts'
import { minimalParams } from '../stripe/minimal-params.ts'

export type Fault = 'unknown' | 'missing' | 'enum' | 'type'

/** Parameters with exactly one fault, and the refusal that names it. */
export interface ParameterCase {
  fault: Fault
  params: Record<string, unknown>
  /** `items[0][price]` */
  param: string
  isInside?: true
  message: RegExp
}

type Wrap = (inner: Record<string, unknown>) => Record<string, unknown>

interface Place {
  type: SchemaType
  /** What the operation needs around it. */
  wrap: Wrap
  at: string
}

export const wrong = 'gatekit_wrong'

/**
 * Every way to get one parameter of an operation wrong: all fields of its type, and of the types below it that `seen` does not have
 * yet. Types are shared by many operations; the first one to reach a type tries it.
 */
export function* casesOf(line: CatalogueOperation, schema: Schema, seen: Set<string>): Generator<ParameterCase> {
  const input = line.in === undefined ? undefined : schema.answerType(schema.code(line.in))
  if (!input) {
    yield { fault: 'unknown', params: { [wrong]: '1' }, param: wrong, message: /^Received unknown parameter: / }
    return
  }
  const isJson = line.verb === 'POST' && line.path.startsWith('/v2/')
  const places: Place[] = [{ type: input, wrap: (inner) => inner, at: '' }]
  for (let place = places.shift(); place; place = places.shift()) {
    yield* casesAt(place, schema, isJson)
    for (const field of place.type.fields) places.push(...below(place, field, schema, seen))
  }
}

function* casesAt({ type, wrap, at }: Place, schema: Schema, isJson: boolean): Generator<ParameterCase> {
  const least = minimalParams(schema, type)
  const inside = (name: string): string => (at === '' ? name : `${at}[${name}]`)
  const message = /^Received unknown parameter: /
  yield { fault: 'unknown', params: wrap({ ...least, [wrong]: '1' }), param: inside(wrong), message }
  for (const { name, isOptional, code } of type.fields) {
    const { [name]: _, ...rest } = least
    if (!isOptional && (at === '' || Object.keys(rest).length > 0))
      yield { fault: 'missing', params: wrap(rest), param: inside(name), message: /^Missing required param: / }
    for (const { value, ...expected } of wrongValues(code, isJson))
      yield { ...expected, params: wrap({ ...least, [name]: value }), param: inside(name) }
  }
}

interface WrongValue {
  /** The error may name a parameter inside of this one. */
  isInside?: true
  fault: Fault
  value: unknown
  message: RegExp
}

const object = { [wrong]: 'x' }
const notScalar: WrongValue = { fault: 'type', value: object, message: /^Invalid \w+: \{/ }
const one = (fault: Fault, value: unknown, message: RegExp): WrongValue => ({ fault, value, message })

const wrongByKind: Partial<Record<CodeKind, WrongValue[]>> = {
  integer: [
    one('type', 'ten', /^Invalid integer: "?ten"?$/),
    one('type', '1.5', /^Invalid integer: "?1\.5"?$/),
    notScalar,
  ],
  timestamp: [one('type', 'now', /^Invalid integer: "?now"?$/), notScalar],
  float: [one('type', 'ten', /^Invalid (decimal: ten|float: "ten")$/), notScalar],
  decimal: [one('type', 'ten', /^Invalid decimal: ten$/), notScalar],
  boolean: [one('type', 'maybe', /^Invalid boolean: "?maybe"?$/), notScalar],
  string: [notScalar],
  enum: [one('enum', wrong, /^Invalid \w+: must be /), notScalar],
  literal: [one('enum', wrong, /^Invalid \w+: must be /), notScalar],
  object: [one('type', wrong, /^Invalid object$/)],
  partial: [one('type', wrong, /^Invalid object$/)],
  map: [one('type', wrong, /^Invalid object$/)],
  metadata: [one('type', wrong, /^Invalid object$/)],
  array: [one('type', wrong, /^Invalid array$/)],
}

/** JSON has types of its own: what a form writes as a text is wrong as one here. */
const wrongInJson: Partial<Record<CodeKind, WrongValue[]>> = {
  integer: [one('type', '10', /^Invalid integer: "10"$/)],
  boolean: [one('type', 'true', /^Invalid boolean: "true"$/)],
  string: [one('type', 5, /^Invalid string: 5$/), one('type', true, /^Invalid string: true$/)],
  array: [one('type', { 0: 'x' }, /^Invalid array$/)],
}

/** Of a union only what none of its parts takes is wrong. */
function wrongValues(code: Code, isJson: boolean): WrongValue[] {
  if (code.kind !== 'union') return [...(wrongByKind[code.kind] ?? []), ...((isJson && wrongInJson[code.kind]) || [])]
  const kinds = new Set(code.either!.map(({ kind }) => kind))
  const takes = (...wanted: CodeKind[]): boolean => wanted.some((kind) => kinds.has(kind))
  const text = takes('string', 'any', 'expandable') ? [] : [one('type', wrong, /^Invalid /)]
  if (takes('map', 'metadata', 'partial', 'any', 'expandable')) return text
  // Of several objects the likeliest one's error is given, which may name something inside.
  const inside = /^(Received unknown parameter|Missing required param|Invalid)/
  return [...text, takes('object', 'array') ? { ...one('type', object, inside), isInside: true } : notScalar]
}

/** The objects that a field holds, each as a place of its own. */
function below({ type, wrap, at }: Place, { name, code }: Field, schema: Schema, seen: Set<string>): Place[] {
  const path = at === '' ? name : `${at}[${name}]`
  const least = minimalParams(schema, type)
  const put = (value: unknown): Record<string, unknown> => wrap({ ...least, [name]: value })
  return objectsIn(code, schema).flatMap(({ type: inner, hold, step }) => {
    if (seen.has(inner.name)) return []
    seen.add(inner.name)
    return [{ type: inner, wrap: (value) => put(hold(value)), at: path + step }]
  })
}

interface Inner {
  type: SchemaType
  hold(value: unknown): unknown
  /** Behind the field's path. */
  step: string
}

function objectsIn(code: Code, schema: Schema): Inner[] {
  if (code.kind === 'union') {
    const parts = code.either!.flatMap((part) => objectsIn(part, schema))
    // Of several objects the error is that of the likeliest; which one that is has tests of its own.
    return parts.length === 1 ? parts : []
  }
  if (code.kind === 'array')
    return objectsIn(code.of!, schema).map(({ type, hold, step }) => ({
      type,
      hold: (value) => [hold(value)],
      step: `[0]${step}`,
    }))
  if (code.kind === 'map')
    return objectsIn(code.of!, schema).map(({ type, hold, step }) => ({
      type,
      hold: (value) => ({ key: hold(value) }),
      step: `[key]${step}`,
    }))
  const type = code.kind === 'object' && code.types?.length === 1 ? schema.type(code.types[0]!) : undefined
  return type ? [{ type, hold: (value) => value, step: '' }] : []
}

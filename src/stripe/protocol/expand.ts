import type { Code } from '../catalogue/codes.ts'
import type { Schema, SchemaType } from '../catalogue/schema.ts'
import { StripeError } from '../error.ts'
import type { Json } from './shape.ts'

/** Paths to expand as a tree: `['customer.default_source', 'customer.sources']` is `{ customer: { default_source, sources } }`. */
export type ExpandTree = Map<string, ExpandTree>

export interface ExpandSource {
  schema: Schema
  /** A stored object of one of these kinds. */
  find(objects: readonly string[], id: string): Json | undefined
  /** The objects of a kind that belong to another one, newest first: a customer's subscriptions. */
  children(object: string, parent: Json, field: string): Json[]
}

const maximumDepth = 4

/** Fields that Stripe shows only to those who expand them, without being ids of anything. */
const includable: Record<string, readonly string[]> = {
  'Identity.VerificationReport.Document': ['dob', 'expiration_date', 'number', 'sex'],
  'Identity.VerificationReport.IdNumber': ['dob', 'id_number'],
  'Identity.VerificationSession': ['provided_details', 'verified_outputs'],
  'Identity.VerificationSession.VerifiedOutputs': ['dob', 'id_number', 'sex'],
  'Issuing.Card': ['cvc', 'number'],
  'Issuing.Transaction': ['purchase_details'],
}

/** Reads the `expand` parameter; throws what Stripe answers to a path that is too deep or not a text. */
export function parseExpand(value: unknown): ExpandTree | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const paths = typeof value === 'object' ? Object.values(value) : undefined
  if (!paths?.every((path): path is string => typeof path === 'string'))
    throw new StripeError(400, { type: 'invalid_request_error', message: 'Invalid array', param: 'expand' })
  const tree: ExpandTree = new Map()
  for (const path of paths) addPath(tree, path)
  return tree
}

function addPath(tree: ExpandTree, path: string): void {
  const names = path.split('.')
  if (names.filter((name) => name !== 'data').length > maximumDepth)
    throw refused(`You cannot expand more than ${maximumDepth} levels of a property. Property: ${path}`)
  let node = tree
  for (const name of names) {
    const next: ExpandTree = node.get(name) ?? new Map()
    node.set(name, next)
    node = next
  }
}

/** The answer with the ids at the paths replaced by their objects. What is stored is not touched. */
export function expandAnswer(source: ExpandSource, code: Code, value: unknown, tree: ExpandTree): unknown {
  return expandValue(source, code, value, tree, '')
}

function expandValue(source: ExpandSource, code: Code, value: unknown, tree: ExpandTree, path: string): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (code.kind === 'list' || code.kind === 'search') return expandList(source, code, value as Json, tree, path)
  if (Array.isArray(value)) return value.map((item) => expandValue(source, code.of ?? code, item, tree, path))
  const type = typeFor(source.schema, code, value as Json)
  return type ? expandObject(source, type, value as Json, tree, path) : value
}

function expandList(source: ExpandSource, code: Code, list: Json, tree: ExpandTree, path: string): Json {
  const expanded: Json = { ...list }
  for (const [name, below] of tree) {
    if (name === 'total_count' && path === '') continue
    if (name !== 'data') throw unexpandable(join(path, name))
    const items = Array.isArray(list.data) ? list.data : []
    expanded.data = items.map((item) => expandValue(source, code.of!, item, below, join(path, 'data')))
  }
  return expanded
}

function expandObject(source: ExpandSource, type: SchemaType, object: Json, tree: ExpandTree, path: string): Json {
  const expanded: Json = { ...object }
  for (const [name, below] of tree) {
    const field = type.byName.get(name)
    if (!field) throw unexpandable(join(path, name))
    if (below.size === 0 && includable[type.name]?.includes(name)) continue
    expanded[name] = expandField(source, field.code, object, name, below, join(path, name))
    if (expanded[name] === undefined) delete expanded[name]
  }
  return expanded
}

function expandField(
  source: ExpandSource,
  code: Code,
  object: Json,
  name: string,
  below: ExpandTree,
  path: string,
): unknown {
  const value = object[name]
  const target = expandableOf(code)
  if (target && typeof value === 'string') return expandId(source, target, value, below, path)
  if (target && Array.isArray(value))
    return value.map((item) => (typeof item === 'string' ? expandId(source, target, item, below, path) : item))
  if (code.kind === 'list' && value === undefined) return includeList(source, code, object, name, below, path)
  if (below.size === 0) {
    if (target || code.kind === 'list') return value
    throw unexpandable(path)
  }
  return expandValue(source, code, value, below, path)
}

/** The code that may be an id: the field's own, or that of its items. */
function expandableOf(code: Code): Code | undefined {
  if (code.kind === 'expandable') return code
  if (code.kind === 'array' && code.of) return expandableOf(code.of)
  return code.either?.find((part) => part.kind === 'expandable')
}

function expandId(source: ExpandSource, code: Code, id: string, below: ExpandTree, path: string): unknown {
  const types = code.types!.flatMap((name) => source.schema.type(name) ?? [])
  const objects = types.flatMap((type) => type.object ?? [])
  const found = source.find(objects, id)
  if (!found) return id
  return below.size === 0 ? found : expandValue(source, code, found, below, path)
}

/** Lists such as `customer.subscriptions` are left out until they are asked for. */
function includeList(
  source: ExpandSource,
  code: Code,
  object: Json,
  name: string,
  below: ExpandTree,
  path: string,
): unknown {
  const objects = (code.of?.either ?? [code.of!]).flatMap((part) => part.types ?? [])
  const data = objects
    .flatMap((type) => source.children(source.schema.type(type)?.object ?? '', object, name))
    .slice(0, 10)
  const list = {
    object: 'list',
    data,
    has_more: false,
    url: `/v1/${String(object.object).replaceAll('.', '/')}s/${String(object.id)}/${name}`,
  }
  return below.size === 0 ? list : expandList(source, code, list, below, path)
}

function typeFor(schema: Schema, code: Code, value: Json): SchemaType | undefined {
  const parts = code.either ?? [code]
  const types = parts.flatMap((part) => part.types ?? []).flatMap((name) => schema.type(name) ?? [])
  return types.find((type) => type.object !== undefined && type.object === value.object) ?? types[0]
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

const unexpandable = (path: string): StripeError =>
  refused(
    `This property cannot be expanded (${path}). You may want to try expanding a different property, or none at all.`,
  )

const refused = (message: string): StripeError => new StripeError(400, { type: 'invalid_request_error', message })

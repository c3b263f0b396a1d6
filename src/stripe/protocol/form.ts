import { StripeError } from '../error.ts'

/** Parameters before they are checked: texts, and what brackets make of them. Objects have no prototype. */
export type RawValue = string | FilePart | RawValue[] | RawParams
export interface RawParams {
  [name: string]: RawValue
}

/** A part of `multipart/form-data` with a file name. */
export interface FilePart {
  filename: string
  contentType: string
  data: Uint8Array
}

const limits = { pairs: 20_000, depth: 16 }
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

export const isFilePart = (value: unknown): value is FilePart =>
  typeof value === 'object' && value !== null && (value as FilePart).data instanceof Uint8Array

/** Decodes `a=1&b[c]=2&d[]=3&e[0][f]=4`. `expand[]` and numbered items become arrays when the parameters are checked. */
export function decodeForm(text: string): RawParams {
  const params = emptyParams()
  if (text === '') return params
  const pairs = text.split('&')
  if (pairs.length > limits.pairs) throw invalid(`Too many parameters: at most ${limits.pairs} are read.`)
  for (const pair of pairs) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const key = equals < 0 ? pair : pair.slice(0, equals)
    const path = text.length > longestKept ? splitKey(decode(key)) : pathOf(key)
    setAt(params, path, equals < 0 ? '' : decode(pair.slice(equals + 1)))
  }
  return params
}

/** Quicker than `Object.create(null)`, which makes an object that is slow to fill and large. */
function BareObject(this: RawParams): void {}
BareObject.prototype = Object.create(null)
const Bare = BareObject as unknown as new () => RawParams

export const emptyParams = (): RawParams => new Bare()

/** Puts a value where a key such as `items[0][price]` says. */
export const setParam = (params: RawParams, key: string, value: string | FilePart): void =>
  setAt(params, splitKey(key), value)

function setAt(params: RawParams, path: readonly string[], value: string | FilePart): void {
  let holder: RawParams | RawValue[] = params
  for (let at = 0; at < path.length - 1; at++) holder = descend(holder, path[at]!, path[at + 1]!)
  if (holder === params) params[path[0]!] = value
  else place(holder, path.at(-1)!, value)
}

/** Where the keys lead that came last, as they were sent: the same few come again and again. */
const paths = new Map<string, readonly string[]>()
const mostPaths = 1000
/** A key keeps the whole text in memory that it was a part of. */
const longestKept = 4096

function pathOf(sent: string): readonly string[] {
  const known = paths.get(sent)
  if (known) return known
  const path = splitKey(decode(sent))
  if (paths.size === mostPaths) paths.clear()
  paths.set(sent, path)
  return path
}

/** `items[0][price]` is `items`, `0`, `price`. Throws for names that are none and for too many of them. */
function splitKey(key: string): string[] {
  const open = key.indexOf('[')
  const inner = key.slice(open + 1).replace(/\]$/, '')
  const path = open < 0 ? [key] : [key.slice(0, open), ...inner.split('][')]
  const bad = path.find((name) => forbidden.has(name))
  if (bad !== undefined) throw forbiddenName(bad)
  if (path.length > limits.depth) throw invalid(`Parameter nested too deeply: ${key.slice(0, 80)}`)
  return path
}

/** The container at `name`, made when absent. `a[][b]` goes into the last item until it has that key. */
function descend(holder: RawParams | RawValue[], name: string, next: string): RawParams | RawValue[] {
  const existing = Array.isArray(holder) ? lastWithout(holder, next) : holder[name]
  if (typeof existing === 'object' && !isFilePart(existing)) return existing
  const made: RawParams | RawValue[] = next === '' ? [] : emptyParams()
  place(holder, name, made)
  return made
}

function lastWithout(list: RawValue[], name: string): RawValue | undefined {
  const last = list.at(-1)
  const isFree = typeof last === 'object' && !Array.isArray(last) && !isFilePart(last) && !(name in last)
  return isFree ? last : undefined
}

function place(holder: RawParams | RawValue[], name: string, value: RawValue): void {
  if (Array.isArray(holder)) holder.push(value)
  else holder[name === '' ? String(Object.keys(holder).length) : name] = value
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

const invalid = (message: string): StripeError => new StripeError(400, { type: 'invalid_request_error', message })
const forbiddenName = (name: string): StripeError => invalid(`Invalid parameter name: ${name}`)

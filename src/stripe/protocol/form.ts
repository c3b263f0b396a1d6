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
    setParam(params, decode(key), equals < 0 ? '' : decode(pair.slice(equals + 1)))
  }
  return params
}

export const emptyParams = (): RawParams => Object.create(null) as RawParams

/** Puts a value where a key such as `items[0][price]` says. */
export function setParam(params: RawParams, key: string, value: string | FilePart): void {
  if (!key.includes('[')) {
    if (forbidden.has(key)) throw forbiddenName(key)
    params[key] = value
    return
  }
  const path = splitKey(key)
  if (path.length > limits.depth) throw invalid(`Parameter nested too deeply: ${key.slice(0, 80)}`)
  let holder: RawParams | RawValue[] = params
  for (let at = 0; at < path.length - 1; at++) holder = descend(holder, path[at]!, path[at + 1]!)
  place(holder, path.at(-1)!, value)
}

function splitKey(key: string): string[] {
  const open = key.indexOf('[')
  const path = [
    key.slice(0, open),
    ...key
      .slice(open + 1)
      .replace(/\]$/, '')
      .split(']['),
  ]
  const bad = path.find((name) => forbidden.has(name))
  if (bad !== undefined) throw forbiddenName(bad)
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

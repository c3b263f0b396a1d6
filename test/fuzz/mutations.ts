import type { HttpRequest } from '../../src/stripe/http.ts'
import type { Dice } from './dice.ts'
import { type Attacker, randomBytes } from './requests.ts'
import { hostileTexts } from './values.ts'

/** Makes something of a request that no client would send. */
export type Mutation = (request: HttpRequest, attacker: Attacker) => HttpRequest

const names = ['a', 'metadata', 'items', 'expand', 'customer', 'limit', '__proto__', 'constructor', 'prototype', '']
const brackets = [
  '',
  '[]',
  '[0]',
  '[x]',
  '[__proto__]',
  '[constructor][prototype]',
  '[',
  ']',
  '[[]]',
  '[][]',
  '[99999]',
]
const values = ['1', '', '%00', '%', '%zz', '%ff', '+', '%5B', '=', '\0', ...hostileTexts.map(encodeURIComponent)]
const contentTypes = [
  'text/plain',
  'application/json',
  'application/json; charset=utf-16',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/form-data; boundary="--"',
  'application/xml',
  '',
  'application/x-www-form-urlencoded; charset=utf-7',
  `a/${'b'.repeat(5000)}`,
]
const jsonTexts = [
  '{',
  'null',
  '[]',
  '"x"',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
  '{"metadata":{"a":{"b":[1,{}]}},"metadata":1}',
  '{"a":1e400,"display_name":5,"include":{"0":"x"}}',
  '\ufeff{}',
]
const disposition = 'Content-Disposition: form-data; name='
const multiparts = [
  `--x\r\n${disposition}"file"; filename="a"\r\n\r\nx\r\n--x--\r\n`,
  `--x\r\n${disposition}"__proto__[a]"\r\n\r\nx\r\n--x--\r\n`,
  `--x\r\n${disposition}"a"\r\n\r\nx`,
  '--x\r\n\r\n--x--',
  '--x--',
  '--x\r\n'.repeat(500),
  `--x\r\n${disposition}"${'a['.repeat(500)}"\r\n\r\nx\r\n--x--\r\n`,
  `--x\r\n${disposition}"purpose"\r\n\r\ndispute_evidence\r\n--x\r\n${disposition}"file"; filename="../../a\0.pdf"\r\n` +
    'Content-Type: ../x\r\n\r\n%PDF\r\n--x--\r\n',
]
const methods = ['PUT', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'get', 'X'.repeat(99)]
const urls = ['', '*', '//', '/v1', '/v2/', '/_gatekit/x', '/%00', '/v1/customers/?', '/?'.repeat(500), 'http://a/v1/x']
const credentials = [
  '',
  'Bearer',
  'Bearer \0',
  'Basic !!!',
  `Bearer sk_test_${'a'.repeat(5000)}`,
  'Bearer sk_live_x',
  'Digest x',
  'bearer pk_test_fuzz',
]
const versions = ['', 'x', '2020-08-27', '9999-99-99', '2026-10-28.endive', ...hostileTexts]
const expansions = [
  'a.b.c.d.e',
  '',
  '.',
  'data.customer',
  '__proto__.x',
  'customer.default_source',
  'latest_charge.refunds',
  'x'.repeat(9000),
]
const searches = [
  '('.repeat(3000),
  `email~"${'a'.repeat(5000)}"`,
  "a:'b' AND ".repeat(500),
  'metadata["__proto__"]:"x"',
  'created>1e400',
]

function randomForm(dice: Dice): string {
  const pair = () => `${dice.pick(names)}${dice.pick(brackets)}${dice.pick(brackets)}=${dice.pick(values)}`
  return Array.from({ length: 1 + dice.number(12) }, pair).join(dice.pick(['&', '&', '&&', ';', '&a&']))
}

const withBody = (
  request: HttpRequest,
  body: string | Uint8Array,
  type = 'application/x-www-form-urlencoded',
): HttpRequest => ({
  ...request,
  method: 'POST',
  headers: { ...request.headers, 'content-type': type },
  body: typeof body === 'string' ? Buffer.from(body, 'latin1') : body,
})

const withHeader = (request: HttpRequest, name: string, value: string): HttpRequest => ({
  ...request,
  headers: { ...request.headers, [name]: value },
})

const withQuery = (request: HttpRequest, query: string): HttpRequest => ({
  ...request,
  url: `${request.url}${request.url.includes('?') ? '&' : '?'}${query}`,
})

const get = (request: HttpRequest, url: string): HttpRequest => ({ ...request, method: 'GET', url })

const lists = ['customers', 'charges', 'events', 'prices', 'invoices', 'payment_intents']
const searched = ['customers', 'charges', 'prices', 'invoices', 'subscriptions', 'products']
const limits = ['-1', '0', '101', '1e9', 'x', '']

export const mutations: readonly Mutation[] = [
  (request, { dice }) => withBody(request, randomForm(dice)),
  (request, { dice }) => withQuery(request, randomForm(dice)),
  (request, { dice }) => withBody(request, randomBytes(dice, dice.number(2000)), dice.pick(contentTypes)),
  (request, { dice }) => withBody(request, dice.pick(jsonTexts), dice.pick(['application/json', 'text/json'])),
  (request, { dice }) => withBody(request, dice.pick(multiparts), 'multipart/form-data; boundary=x'),
  (request, { dice }) => withBody(request, `a${'[b]'.repeat(dice.number(3000))}=1`),
  (request, { dice }) => withBody(request, 'items[][price]=x&'.repeat(dice.number(2000))),
  (request, { dice }) => withBody(request, `description=${'x'.repeat(dice.number(100_000))}`),
  (request, { dice }) => ({ ...request, method: dice.pick(methods) }),
  (request, { dice }) => ({ ...request, url: dice.pick(urls) }),
  (request, { dice }) => get(request, `/v1/customers/${dice.pick([...values, '%2e%2e', '..', 'a'.repeat(9000)])}`),
  (request, { dice }) => withHeader(request, 'authorization', dice.pick(credentials)),
  (request, { dice }) => withHeader(request, 'stripe-version', dice.pick(versions)),
  (request, { dice }) =>
    withHeader(request, 'idempotency-key', dice.pick(['k1', 'k2', 'k'.repeat(256), ...hostileTexts])),
  (request, { dice, victim }) => withHeader(request, 'stripe-account', dice.pick([victim.account, ...hostileTexts])),
  (request, { dice, victim }) => withHeader(request, 'stripe-context', dice.pick([victim.account, ...hostileTexts])),
  (request, { dice }) => withQuery(request, `expand[]=${dice.pick(expansions)}`),
  (request, { dice }) =>
    get(
      request,
      `/v1/${dice.pick(lists)}?limit=${dice.pick(limits)}&starting_after=${dice.pick(values)}&created[gte]=${dice.pick(values)}`,
    ),
  (request, { dice }) =>
    get(request, `/v1/${dice.pick(searched)}/search?query=${encodeURIComponent(dice.pick(searches))}`),
]

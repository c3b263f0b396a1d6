import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { CatalogueOperation } from '../../src/stripe/catalogue/model.ts'
import { Registry } from '../../src/stripe/registry.ts'
import { createStripeSandbox, type StripeSandbox } from '../../src/stripe/server.ts'
import { encodeRequest } from '../conformance/encode.ts'
import { minimalParams } from '../stripe/minimal-params.ts'

const owner = 'sk_test_owner'
const stranger = 'sk_test_stranger'

let sandbox: StripeSandbox
let registry: Registry
let ownerId: string
/** Id of the owner's object of each kind. */
const ids = new Map<string, string>()
const bugs: unknown[] = []

before(async () => {
  sandbox = await createStripeSandbox({ onBug: (error) => bugs.push(error), idempotencyWindowMs: 0 })
  registry = new Registry(sandbox.schema, {})
  ownerId = await accountOf(owner)
  furnish(ownerId)
})

async function accountOf(key: string): Promise<string> {
  const { text } = await send(key, 'GET', '/v1/account', {})
  return JSON.parse(text).id
}

/** One object of every kind that has an id. */
function furnish(account: string): void {
  const kinds = new Set(Object.values(sandbox.schema.catalogue.types).map(({ object }) => object?.replace(/^=/, '')))
  for (const kind of kinds) {
    if (!kind || !sandbox.schema.typeOf(kind)?.object || kind.endsWith('event')) continue
    const { id } = sandbox.within(account, ({ tables }) => tables[kind as 'customer'].create({}))
    if (id) ids.set(kind, id)
  }
}

async function send(key: string, verb: string, path: string, params: object, more: Record<string, string> = {}) {
  const request = encodeRequest(verb, path, params, key)
  const { status, body } = await sandbox.handle({ ...request, headers: { ...request.headers, ...more } })
  return { status, text: Buffer.from(body).toString('utf8') }
}

/** The path with the owner's ids in it. */
function pathOf({ verb, path }: CatalogueOperation): string {
  const { holders } = registry.find(verb, path.replace(/\{\w+\}/g, 'x'))!.value
  let at = 0
  return path.replace(/\{\w+\}/g, () => holders[at++]?.map((kind) => ids.get(kind)).find(Boolean) ?? 'x')
}

function paramsOf({ in: code }: CatalogueOperation): object {
  const input = code === undefined ? undefined : sandbox.schema.answerType(sandbox.schema.code(code))
  return input ? minimalParams(sandbox.schema, input) : {}
}

/** Ids of the owner that an answer tells beyond those that were asked with. */
const toldIn = (text: string, asked: string): string[] =>
  [...ids.values(), ownerId].filter((id) => text.includes(id) && !asked.includes(id))

const contentsOf = (account: string): string =>
  JSON.stringify([...sandbox.accounts.open(account).store.all()].map(([kind, table]) => [kind, [...table.all()]]))

test('another key sees nothing and changes nothing through any of the operations, with the ids in hand', async () => {
  const before = contentsOf(ownerId)
  const leaks: string[] = []
  for (const line of sandbox.schema.catalogue.operations) {
    const path = pathOf(line)
    const { status, text } = await send(stranger, line.verb, path, paramsOf(line))
    const told = toldIn(text, path)
    const isFound =
      status === 200 && [...ids.values()].some((id) => path.includes(id) && text.includes(`"id": "${id}"`))
    if (told.length > 0 || isFound) leaks.push(`${line.verb} ${path}: ${status} ${told}`)
  }

  assert.ok(ids.size > 100, `only ${ids.size} kinds of objects`)
  assert.deepEqual(leaks, [])
  assert.equal(contentsOf(ownerId), before)
  assert.deepEqual(bugs, [])
})

test('lists and searches of the owner do find what the stranger’s do not', async () => {
  const lines = sandbox.schema.catalogue.operations.filter(({ verb, list }) => verb === 'GET' && list)
  let found = 0
  for (const line of lines) {
    const params = { ...paramsOf(line), ...(line.list === 'search' && { query: 'created>0' }) }
    const own = await send(owner, 'GET', pathOf(line), params)
    const other = await send(stranger, 'GET', pathOf(line), params)
    if (toldIn(own.text, pathOf(line)).length > 0) found++
    assert.deepEqual(toldIn(other.text, pathOf(line)), [], line.path)
  }

  assert.ok(found > 60, `only ${found} of ${lines.length} lists found something`)
})

test('headers that name the account of another key are refused', async () => {
  for (const header of ['stripe-account', 'stripe-context']) {
    const { status, text } = await send(stranger, 'GET', '/v1/customers', {}, { [header]: ownerId })

    assert.deepEqual([status, JSON.parse(text).error.code], [403, 'account_invalid'])
  }
})

test('secret, restricted and publishable keys of one name, by Bearer or Basic, are keys of one account', async () => {
  const basic = `Basic ${Buffer.from('sk_test_owner:').toString('base64')}`

  const accounts = await Promise.all([
    accountOf(owner),
    accountOf('rk_test_owner'),
    send(owner, 'GET', '/v1/account', {}, { authorization: basic }).then(({ text }) => JSON.parse(text).id as string),
  ])

  assert.equal(new Set(accounts).size, 1)
})

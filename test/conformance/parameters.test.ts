import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { createStripeSandbox, type StripeSandbox } from '../../src/stripe/server.ts'
import { encodeRequest } from './encode.ts'
import { casesOf, type Fault, type ParameterCase } from './parameter-cases.ts'

interface Tried extends ParameterCase {
  name: string
  status: number
  error: { code?: string; param?: string; message?: string }
}

let sandbox: StripeSandbox
const tried: Tried[] = []
const bugs: unknown[] = []

before(async () => {
  sandbox = await createStripeSandbox({ seed: 'parameters', onBug: (error) => bugs.push(error) })
  const { schema } = sandbox
  const seen = new Set<string>()
  for (const line of schema.catalogue.operations) {
    const path = line.path.replace(/\{\w+\}/g, 'id_1')
    for (const each of casesOf(line, schema, seen)) tried.push({ ...each, ...(await send(line.verb, path, each)) })
  }
})

async function send(verb: string, path: string, { params }: ParameterCase) {
  const request = encodeRequest(verb, path, params, 'sk_test_parameters')
  const { status, body } = await sandbox.handle({
    ...request,
    headers: { ...request.headers, 'stripe-version': sandbox.schema.catalogue.api },
  })
  const { error = {} } = JSON.parse(Buffer.from(body).toString('utf8')) as Pick<Tried, 'error'>
  return { name: `${verb} ${path}`, status, error }
}

const accepted = (fault: Fault, code?: string): string[] =>
  tried
    .filter((each) => each.fault === fault)
    .filter(({ status, error, param, isInside, message }) => {
      const isNamed = error.param === param || (isInside && error.param?.startsWith(`${param}[`))
      const isRight = status === 400 && isNamed && message.test(error.message ?? '')
      return !isRight || (code !== undefined && ![code, v2Codes[code]].includes(error.code))
    })
    .map(({ name, param, params, status, error }) =>
      [name, param, JSON.stringify(params).slice(0, 160), status, JSON.stringify(error).slice(0, 200)].join(' | '),
    )

const v2Codes: Record<string, string> = { parameter_unknown: 'unknown_field' }

test('every operation refuses an unknown parameter by its name, at any depth', () => {
  const operations = new Set(tried.filter(({ fault }) => fault === 'unknown').map(({ name }) => name))
  const nested = tried.filter(({ fault, param }) => fault === 'unknown' && param.includes('['))

  assert.equal(operations.size, new Set(tried.map(({ name }) => name)).size)
  assert.ok(nested.length > 500, `only ${nested.length} nested`)
  assert.deepEqual(accepted('unknown', 'parameter_unknown'), [])
})

test('every required parameter is missed by its name, at any depth', () => {
  assert.ok(tried.filter(({ fault }) => fault === 'missing').length > 300)
  assert.deepEqual(accepted('missing', 'parameter_missing'), [])
})

test('every enumeration refuses what it does not list', () => {
  assert.ok(tried.filter(({ fault }) => fault === 'enum').length > 500)
  assert.deepEqual(accepted('enum'), [])
})

test('every integer, boolean, decimal, text, list and object refuses what is none', () => {
  assert.ok(tried.filter(({ fault }) => fault === 'type').length > 5000)
  assert.deepEqual(accepted('type'), [])
})

test('no wrong parameter is a bug of the sandbox or changes anything', () => {
  const stored = [...sandbox.accounts.all()].flatMap((account) =>
    [...account.store.all()].filter(([, table]) => table.size > 0),
  )

  assert.deepEqual([bugs, stored], [[], []])
})

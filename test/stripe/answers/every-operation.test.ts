import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Stripe } from 'stripe'
import { findStripePackage } from '../../../src/stripe/catalogue/load.ts'
import type { CatalogueOperation } from '../../../src/stripe/catalogue/model.ts'
import type { SchemaType } from '../../../src/stripe/catalogue/schema.ts'
import { Registry } from '../../../src/stripe/registry.ts'
import { createStripeServer, type StripeServer } from '../../../src/stripe/server.ts'
import { minimalParams } from '../minimal-params.ts'

const bugs: unknown[] = []
const misfits: string[] = []
let server: StripeServer

before(async () => {
  server = await createStripeServer({
    seed: 'every operation',
    resources: {},
    onBug: (error) => bugs.push(error),
    onMisfit: (operation, problems) => misfits.push(`${operation}: ${problems.slice(0, 3).join('; ')}`),
  })
})
after(() => server.close())

test('every method of the SDK is answered with an object of its type', async () => {
  const registry = new Registry(server.schema, {})
  const failed: string[] = []
  const key = 'sk_test_everyOperation'
  const stripe = new Stripe(key, { host: '127.0.0.1', port: server.port, protocol: 'http', maxNetworkRetries: 0 })
  const own = [...server.accounts.all()][0]?.id ?? (await accountOf(stripe))

  for (const line of server.schema.catalogue.operations) {
    const args: unknown[] = seedPath(registry, line, own)
    const input = line.in && server.schema.answerType(server.schema.code(line.in))
    const type = server.schema.answerType(server.schema.code(line.out))
    if (input) args.push(withReferences(minimalParams(server.schema, input), type, own))
    if (line.path === '/v1/ephemeral_keys') args.push({ apiVersion: server.schema.catalogue.api })
    await call(stripe, line, args).catch((error: Error) => failed.push(`${line.verb} ${line.path}: ${error.message}`))
  }

  assert.equal(server.schema.catalogue.operations.length, 651)
  assert.deepEqual({ bugs, failed, misfits }, { bugs: [], failed: [], misfits: [] })
})

async function accountOf(stripe: Stripe): Promise<string> {
  return (await stripe.accounts.retrieveCurrent()).id
}

/** Puts an object where each path parameter points, and returns their ids. */
function seedPath(registry: Registry, line: CatalogueOperation, account: string): string[] {
  const endpoint = registry.find(line.verb, line.path.replace(/\{\w+\}/g, 'x'))!.value
  return endpoint.holders.map(([object], at) => {
    if (object === undefined) return `id_${at}`
    return create(object, account)
  })
}

/** Events are made by what happens; everything else can be put there. */
function create(object: string, account: string): string {
  if (object === 'event') {
    server.within(account, ({ tables, emit }) => emit('customer.created', tables.customer.create({})))
    return [...server.accounts.open(account).store.table('event').all()][0]!.id
  }
  if (object === 'v2.core.event') {
    server.within(account, ({ tables, emit }) => emit('v2.core.account.created', tables['v2.core.account'].create({})))
    return [...server.accounts.open(account).store.table('v2.core.event').all()][0]!.id
  }
  return server.within(account, ({ tables }) => tables[object as 'customer'].create({}).id)
}

/** Ids that parameters name have to exist where the answer's field of that name is an object. */
function withReferences(params: Record<string, unknown>, type: SchemaType | undefined, account: string) {
  for (const name of Object.keys(params)) {
    const code = type?.byName.get(name)?.code
    const object = code?.kind === 'expandable' ? server.schema.type(code.types![0]!)?.object : undefined
    if (object && params[name] === 'x') params[name] = create(object, account)
  }
  return params
}

/** Calls the SDK method that the catalogue names, on a resource made for this client. */
async function call(stripe: Stripe, { sdk }: CatalogueOperation, args: unknown[]): Promise<unknown> {
  const parts = sdk.split('.')
  const method = parts.pop()!
  const file = join(findStripePackage(), 'esm', 'resources', `${parts.join('/')}.js`)
  const module: Record<string, { prototype?: object }> = await import(pathToFileURL(file).href)
  const Resource = Object.values(module).find((value) => value.prototype && method in value.prototype)
  const resource = new (Resource as new (stripe: Stripe) => Record<string, (...args: unknown[]) => Promise<unknown>>)(
    stripe,
  )
  return resource[method]!(...args)
}

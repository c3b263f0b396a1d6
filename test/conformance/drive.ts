import type { Stripe } from 'stripe'
import type { CatalogueOperation } from '../../src/stripe/catalogue/model.ts'
import { Registry } from '../../src/stripe/registry.ts'
import type { StripeServer } from '../../src/stripe/server.ts'
import { minimalParams } from '../stripe/minimal-params.ts'
import { billingScenarios } from './billing-scenarios.ts'
import { type Method, methodsOf } from './methods.ts'
import { moneyScenarios } from './money-scenarios.ts'
import { type Made, scenarios } from './scenarios.ts'

const allScenarios = { ...scenarios, ...moneyScenarios, ...billingScenarios }

export interface Called {
  /** Path on the client: `refunds.create`. */
  method: string
  answer?: object
  /** Stripe's error where the sandbox refused, as it may when an object is not in the state that the method wants. */
  refusal?: Error & { statusCode?: number; rawType?: string }
}

/** Methods of the client that make no request, and the second name of `accounts`. */
const notOperations = /^(account\.|oauth\.authorizeUrl$|v2\.core\.events\.addFetchRelatedObjectIfNeeded$)/

/** Where the SDK's files and its client disagree about a name. */
const renamed: Record<string, string> = {
  'billing.creditBalanceSummaries': 'Billing.CreditBalanceSummary',
  oauth: 'OAuth',
  'v2.moneyManagement.payoutMethodsBankAccountSpecs': 'V2.MoneyManagement.PayoutMethodsBankAccountSpec',
  'v2.testHelpers.moneyManagements': 'V2.TestHelpers.MoneyManagement',
}

/** The methods of the client with the operations behind them; a method without one is an error. */
export function operationsOf(
  stripe: Stripe,
  operations: readonly CatalogueOperation[],
): [string, Method, CatalogueOperation][] {
  const rows: [string, Method, CatalogueOperation][] = []
  for (const [name, method] of methodsOf(stripe)) {
    if (notOperations.test(name)) continue
    const sdk = sdkName(name)
    const found = operations.filter((operation) => operation.sdk === sdk)
    if (found.length === 0) throw new Error(`stripe.${name} has no operation`)
    for (const operation of found) rows.push([name, method, operation])
  }
  return rows
}

function sdkName(method: string): string {
  const parts = method.split('.')
  const last = parts.pop()
  const path = parts.join('.')
  const words = renamed[path] ?? parts.map((part) => part[0]!.toUpperCase() + part.slice(1)).join('.')
  return `${words}.${last}`
}

/** Calls every method once, on objects made through the API where a scenario makes them, else on objects put into the store. */
export async function driveAll(stripe: Stripe, server: StripeServer): Promise<Called[]> {
  const { id: account } = await stripe.accounts.retrieveCurrent()
  const registry = new Registry(server.schema, {})
  const called: Called[] = []
  for (const [method, call, operation] of operationsOf(stripe, server.schema.catalogue.operations)) {
    const made: Made = { stripe, put: (object, fields) => put(server, account, object, fields) }
    try {
      const args = (await allScenarios[method]?.(made)) ?? plainArgs(server, registry, operation, account)
      called.push({ method, answer: await call(...args) })
    } catch (error) {
      called.push({ method, refusal: error as Error })
    }
  }
  return called
}

function plainArgs(
  server: StripeServer,
  registry: Registry,
  operation: CatalogueOperation,
  account: string,
): unknown[] {
  const { schema } = server
  const endpoint = registry.find(operation.verb, operation.path.replace(/\{\w+\}/g, 'x'))!.value
  const args: unknown[] = endpoint.holders.map(([object], at) =>
    object === undefined ? `id_${at}` : put(server, account, object),
  )
  const input = operation.in === undefined ? undefined : schema.answerType(schema.code(operation.in))
  const type = schema.answerType(schema.code(operation.out))
  if (!input) return args
  const params = minimalParams(schema, input)
  for (const name of Object.keys(params)) {
    const code = type?.byName.get(name)?.code
    const object = code?.kind === 'expandable' ? schema.type(code.types![0]!)?.object : undefined
    if (object && params[name] === 'x') params[name] = put(server, account, object)
    if (name === 'currency' || name.endsWith('_currency')) params[name] = 'usd'
    if (name === 'amount') params[name] = typeof params[name] === 'number' ? 1000 : params[name]
  }
  return [...args, params]
}

/** Puts an object into the store, whatever makes such objects, and returns its id. Events are made by what happens. */
function put(server: StripeServer, account: string, object: string, fields: object = {}): string {
  const { within } = server
  if (object === 'event' || object === 'v2.core.event') {
    const [type, kind] =
      object === 'event'
        ? (['customer.created', 'customer'] as const)
        : (['v2.core.account.created', 'v2.core.account'] as const)
    within(account, ({ emit, tables }) => emit(type, tables[kind].create({})))
    return [...server.accounts.open(account).store.table(object).all()][0]!.id
  }
  return within(account, ({ tables }) => tables[object as 'customer'].create(fields).id)
}

import type { Account } from '../../stripe/accounts.ts'
import { usagesOf } from '../../stripe/metering/usage.ts'
import { fill, type Json } from '../../stripe/protocol/shape.ts'
import type { StripeSandbox } from '../../stripe/server.ts'
import type { StripeDouble, StripeObject } from './types.ts'

/** Reads and sets what the sandbox knows, beside its API: the facts that a history is about. */
export function createStripeWorld(
  sandbox: StripeSandbox,
  account: () => Account,
): Pick<StripeDouble, 'put' | 'get' | 'list' | 'remove' | 'usage'> {
  const table = (object: string) => account().store.table(object)
  return {
    put(...objects) {
      for (const given of objects) table(given.object).put(shaped(sandbox, account(), given))
    },
    get: (object, id) => table(object).get(id) as StripeObject | undefined,
    list: (object) => [...table(object).inOrder()] as StripeObject[],
    remove(object, id) {
      table(object).remove(id)
    },
    usage: (meter, customer) => usagesOf({ account: account() }, meter, customer),
  }
}

/** Fields that the API's type requires and nobody gave are filled in; those it does not know, as older versions have, are kept. */
function shaped(sandbox: StripeSandbox, account: Account, given: StripeObject): StripeObject {
  const type = given.object === 'event' ? undefined : sandbox.schema.typeOf(given.object)
  if (!type) return given
  return fill(sandbox.schema, type, given as Json, sandbox.context(account.id)) as unknown as StripeObject
}

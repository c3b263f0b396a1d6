import type { Account } from './accounts.ts'
import type { ExpandSource } from './protocol/expand.ts'
import type { Json } from './protocol/shape.ts'
import type { Registry } from './registry.ts'

/** Where expansion finds the objects of an account. */
export function expandSource(registry: Registry, account: Account): ExpandSource {
  const { store } = account
  return {
    schema: registry.schema,
    find: (objects, id) =>
      objects.map((object) => store.table(object).get(id)).find((record) => record !== undefined) as Json | undefined,
    children(object, parent, field) {
      const included = registry.resource(String(parent.object))?.includes?.[field]
      if (included) return included(String(parent.id), account) as Json[]
      return store.table(object).by(String(parent.object), String(parent.id)) as unknown as Json[]
    },
  }
}

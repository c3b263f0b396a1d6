import type { SchemaType } from '../catalogue/schema.ts'
import { missing } from '../missing.ts'
import type { Run } from './run.ts'

/** Kinds whose ids can be tokens that stand for something (`pm_card_visa`) or live elsewhere: their resource files look them up. */
const unchecked = new Set([
  'account',
  'bank_account',
  'card',
  'file',
  'payment_method',
  'source',
  'tax_code',
  'token',
  'balance_transaction',
])

/** Throws `resource_missing` naming the parameter when one of the same name as an expandable field is an id nobody has. */
export function checkReferences(run: Run, type: SchemaType): void {
  for (const name in run.params) {
    const value = run.params[name]
    if (typeof value !== 'string') continue
    const code = type.byName.get(name)?.code
    if (code?.kind !== 'expandable') continue
    const objects = code.types!.flatMap((typeName) => run.registry.schema.type(typeName)?.object ?? [])
    if (objects.length === 0 || objects.some((object) => unchecked.has(object))) continue
    if (!objects.some((object) => run.context.account.store.table(object).get(value)))
      throw missing(objects[0]!, value, name)
  }
}

import { type Finding, finding } from '../findings.ts'
import { type Inventory, nameOf } from './inventory.ts'
import { isKnown } from './names.ts'

/** Things that are there and do not do their work: invalid indexes, disabled triggers, materialised views that were never filled. */
export function checkStates(inventory: Inventory, known: readonly string[]): Finding[] {
  return [...invalidIndexes(inventory, known), ...disabledTriggers(inventory, known), ...emptyViews(inventory, known)]
}

/** The index of a partitioned table is invalid until each partition has its own, which may be meant. */
const invalidIndexes = (inventory: Inventory, known: readonly string[]): Finding[] =>
  inventory.indexes
    .filter(({ valid }) => !valid)
    .map((index) => {
      const exit = index.partitioned || isKnown(known, index, index.table) ? 0 : 1
      const message = `index ${nameOf(index)} on ${index.table} is invalid: the server does not use it`
      return finding('INDEX_INVALID', 'check', message, { object: index.name, exit })
    })

/** A trigger that somebody switched off is restored switched off: a remark. One that enforces a foreign key never comes back so by itself. */
function disabledTriggers({ triggers }: Inventory, known: readonly string[]): Finding[] {
  const own = triggers
    .filter(({ internal, enabled }) => !internal && enabled === 'D')
    .map((trigger) => {
      const accepted = isKnown(known, trigger, trigger.table)
      const message = `trigger ${trigger.name} on ${trigger.schema}.${trigger.table} is disabled${accepted ? ': declared as known' : ''}`
      return finding('TRIGGER_DISABLED', 'check', message, { object: trigger.name, exit: 0 })
    })
  const unguarded = new Set(
    triggers
      .filter(({ internal, enabled }) => internal && enabled === 'D')
      .map((each) => `${each.schema}.${each.table}`),
  )
  const enforcing = [...unguarded].map((table) =>
    finding('TRIGGER_DISABLED', 'check', `the foreign keys of ${table} are not enforced: their triggers are disabled`, {
      object: table,
    }),
  )
  return [...enforcing, ...own]
}

const emptyViews = ({ relations }: Inventory, known: readonly string[]): Finding[] =>
  relations
    .filter(({ kind, populated }) => kind === 'matview' && !populated)
    .map((view) => {
      const exit = isKnown(known, view) ? 0 : 1
      const message = `the materialised view ${nameOf(view)} was never filled: who reads it gets an error`
      return finding('MATVIEW_UNPOPULATED', 'check', message, { object: nameOf(view), exit })
    })

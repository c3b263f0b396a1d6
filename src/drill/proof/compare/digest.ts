import { createHash } from 'node:crypto'
import type { Inventory } from '../inventory.ts'

/**
 * An inventory whose texts (defaults, conditions, definitions) are hashes: enough to tell that one changed, and nothing that somebody wrote
 * into a schema gets into evidence. Applying it again changes nothing.
 */
export function digestInventory(inventory: Inventory): Inventory {
  return {
    ...inventory,
    relations: inventory.relations.map((each) => ({
      ...each,
      columns: each.columns.map((column) => ({
        ...column,
        expression: column.expression === null ? null : digest(column.expression),
      })),
    })),
    constraints: inventory.constraints.map((each) => ({
      ...each,
      definition: digest(each.definition.replace(/ NOT VALID$/, '')),
    })),
    // The name may differ where the server chose it.
    indexes: inventory.indexes.map((each) => ({ ...each, definition: digest(withoutName(each.definition)) })),
    triggers: inventory.triggers.map((each) => ({ ...each, definition: digest(each.definition) })),
    others: inventory.others.map((each) => ({ ...each, definition: digest(each.definition) })),
  }
}

const withoutName = (definition: string): string =>
  definition.replace(/ INDEX (?:"(?:[^"]|"")*"|\S+) ON /, ' INDEX ON ')

const digest = (text: string): string =>
  /^#[0-9a-f]{32}$/.test(text) ? text : `#${createHash('sha256').update(text).digest('hex').slice(0, 32)}`

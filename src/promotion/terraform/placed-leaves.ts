import type { Reviewed } from './judged.ts'
import { type Leaf, leavesOf } from './leaves.ts'
import { effective } from './plan.ts'

export interface PlacedLeaf extends Leaf {
  /** Address and path: `aws_dynamodb_table.users.name`. */
  where: string
}

/**
 * What every managed resource will be: what is planned to change and what stays. A data source is read, not made, and a resource that goes away
 * has no value any more.
 */
export function plannedLeaves({ plan }: Reviewed): PlacedLeaf[] {
  return plan.resource_changes
    .filter(({ mode, change }) => mode === 'managed' && change.after !== null)
    .flatMap(({ address, change }) =>
      leavesOf(change.after, change.after_unknown, change.after_sensitive).map((leaf) => ({
        ...leaf,
        where: `${address}.${leaf.path}`,
      })),
    )
}

/** Leaves that a person would see in the plan's text: changed resources and outputs. */
export const printedLeaves = ({ plan }: Reviewed): PlacedLeaf[] => [
  ...effective(plan.resource_changes).flatMap(({ address, change }) =>
    leavesOf(change.after, change.after_unknown, change.after_sensitive).map((leaf) => ({
      ...leaf,
      where: `${address}.${leaf.path}`,
    })),
  ),
  ...Object.entries(plan.output_changes).flatMap(([name, change]) =>
    leavesOf(change.after, change.after_unknown, change.after_sensitive).map((leaf) => ({
      ...leaf,
      where: leaf.path === '' ? `output.${name}` : `output.${name}.${leaf.path}`,
    })),
  ),
]

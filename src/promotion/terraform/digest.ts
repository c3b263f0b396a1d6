import { createHash } from 'node:crypto'
import { stableJson } from '../../kernel/json.ts'
import type { TerraformPlan } from './plan.ts'

/**
 * SHA-256 of what a plan would do: its changes to resources and outputs. Two printings of one plan file agree in it; a plan that was made again
 * agrees only when nothing moved in between.
 */
export function contentDigest({ resource_changes, output_changes }: TerraformPlan): string {
  return createHash('sha256').update(stableJson({ resource_changes, output_changes })).digest('hex')
}

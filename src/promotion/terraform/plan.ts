import { z } from 'zod'

/** What a planned action may be; a replace is a pair of them (developer.hashicorp.com/terraform/internals/json-format). */
const actions = z.array(z.string())

const change = z.looseObject({
  actions,
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  replace_paths: z.array(z.array(z.unknown())).optional(),
  importing: z.unknown().optional(),
})

const resourceChange = z.looseObject({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.string().default('managed'),
  type: z.string(),
  name: z.string().optional(),
  deposed: z.string().optional(),
  change,
  action_reason: z.string().optional(),
})

const planSchema = z.looseObject({
  format_version: z.string(),
  terraform_version: z.string().optional(),
  variables: z.record(z.string(), z.looseObject({ value: z.unknown().optional() })).default({}),
  planned_values: z.unknown().optional(),
  resource_changes: z.array(resourceChange).default([]),
  resource_drift: z.array(resourceChange).default([]),
  deferred_changes: z.array(z.unknown()).default([]),
  deferred_action_invocations: z.array(z.unknown()).default([]),
  output_changes: z.record(z.string(), change).default({}),
  prior_state: z.unknown().optional(),
  configuration: z.unknown().optional(),
  checks: z.array(z.looseObject({ address: z.unknown().optional(), status: z.string() })).default([]),
  timestamp: z.string().optional(),
  applyable: z.boolean().optional(),
  complete: z.boolean().optional(),
  errored: z.boolean().optional(),
})

export type TerraformPlan = z.output<typeof planSchema>
export type ResourceChange = z.output<typeof resourceChange>
export type Change = z.output<typeof change>

/** The major version of `terraform show -json` that these rules were written for. */
const knownMajor = '1'

/** The plan a text holds, or why it is none: an unknown major version may mean anything by the same words. */
export function parsePlan(text: string): { plan: TerraformPlan } | { problem: string } {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return { problem: 'is not JSON; write it with: terraform show -json PLANFILE' }
  }
  const version = (document as { format_version?: unknown } | null)?.format_version
  if (typeof version !== 'string')
    return { problem: 'has no format_version; it is not the output of terraform show -json' }
  if (version.split('.')[0] !== knownMajor) {
    return { problem: `has format_version ${version}; only ${knownMajor}.x is understood` }
  }
  const parsed = planSchema.safeParse(document)
  if (parsed.success) return { plan: parsed.data }
  const [issue] = parsed.error.issues
  return { problem: `is not a plan at ${issue?.path.join('.')}: ${issue?.message}` }
}

/** Changes that do something to a managed resource: all but reads and no-ops. */
export const effective = (changes: readonly ResourceChange[]): ResourceChange[] =>
  changes.filter(
    ({ mode, change }) => mode === 'managed' && change.actions.some((one) => !['no-op', 'read'].includes(one)),
  )

/** Every resource of a values tree (`planned_values`, `prior_state.values`), modules included. */
export function resourcesOf(values: unknown): { address: string; mode: string; type: string; values: unknown }[] {
  const root = (values as { root_module?: unknown } | undefined)?.root_module
  const below = (module: unknown): { address: string; mode: string; type: string; values: unknown }[] => {
    const { resources = [], child_modules = [] } = (module ?? {}) as {
      resources?: unknown[]
      child_modules?: unknown[]
    }
    return [...(resources as ReturnType<typeof below>), ...child_modules.flatMap(below)]
  }
  return below(root)
}

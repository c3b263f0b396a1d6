import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { GatekitError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'
import { jsonOf } from '../kernel/json.ts'
import { packageVersion } from '../kernel/package.ts'
import type { Plan } from './plan.ts'
import { checkName, type Project } from './project.ts'
import type { Selection } from './select.ts'
import { chainsOf } from './shard.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/)

const planFileSchema = z.strictObject({
  schema: z.literal('plan/1'),
  tool: z.string(),
  /** Digest of what is run; every shard and the merge must find the same. */
  planSha256: digest,
  configSha256: digest,
  commit: z.string().optional(),
  environment: z.string(),
  profile: z.string(),
  partial: z.boolean(),
  selection: z.strictObject({ profile: z.string().optional(), names: z.array(z.string()).optional() }),
  /** Gates were left out whose inputs have not changed since `ref`; shards go by the gates that are listed here. */
  narrowed: z.strictObject({ ref: z.string(), left: z.int().min(0), isIdle: z.boolean() }).optional(),
  gates: z.array(
    z.strictObject({
      id: z.string(),
      /** `chain`: checks with the same number run in the same shard. */
      checks: z.array(
        z.strictObject({ id: z.string(), chain: z.int().min(0).optional(), notSelected: z.string().optional() }),
      ),
    }),
  ),
  notRun: z.array(z.strictObject({ id: z.string(), title: z.string(), reason: z.string() })),
})

/** What `gatekit plan` writes and every shard and the merge go by. */
export type PlanFile = z.output<typeof planFileSchema>

export interface PlanFileFacts {
  plan: Plan
  project: Project
  selection: Selection
  commit?: string | undefined
}

export function planFileOf({ plan, project, selection, commit }: PlanFileFacts): PlanFile {
  const chain = new Map(chainsOf(plan.gates).flatMap((names, index) => names.map((name) => [name, index] as const)))
  const { profile, names } = selection
  return {
    schema: 'plan/1',
    tool: `gatekit ${packageVersion}`,
    planSha256: plan.sha256,
    configSha256: project.configSha256,
    ...(commit && { commit }),
    environment: plan.environment.name,
    profile: plan.profile,
    partial: plan.partial,
    selection: { ...(profile !== undefined && { profile }), ...(names?.length && { names: [...names] }) },
    ...(plan.narrowed && { narrowed: plan.narrowed }),
    gates: plan.gates.map((gate) => ({
      id: gate.id,
      checks: gate.checks.map((check) => ({
        id: check.id,
        ...(check.notSelected === undefined
          ? { chain: chain.get(checkName(check))! }
          : { notSelected: check.notSelected }),
      })),
    })),
    notRun: plan.notRun,
  }
}

/** The chains of a plan file, as `gate/check`. */
export function chainsOfFile({ gates }: PlanFile): string[][] {
  const chains = new Map<number, string[]>()
  for (const gate of gates)
    for (const { id, chain } of gate.checks)
      if (chain !== undefined) chains.set(chain, [...(chains.get(chain) ?? []), `${gate.id}/${id}`])
  return [...chains.values()]
}

/** A plan file that was written before; one that is not there or no plan is incomplete (exit 4). */
export async function readPlanFile(path: string): Promise<PlanFile> {
  const remedy = 'write it with gatekit plan -o plan.json, and hand that file to every shard and to the merge'
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) throw new GatekitError({ title: `${path} cannot be read`, remedy }, exitCodes.incomplete)
  const parsed = planFileSchema.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  throw new GatekitError({ title: `${path} is not a plan`, remedy }, exitCodes.incomplete)
}

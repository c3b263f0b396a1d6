import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sabotage, Twin } from '../define.ts'
import { recordOf } from './record.ts'

const yearMs = 366 * 86_400_000

/** No plan, one of long ago, one that changes nothing, and one that also does what is denied. */
export const sabotageTerraformPlan: Sabotage = async (options, { context, emptyDir, file }) => {
  const now = context.clock.now() + 20 * yearMs
  const plan = recordOf(JSON.parse(await readFile(join(context.rootDir, String(options.plan)), 'utf8')))
  // The copies are in a folder of their own: where they would be applied from is no question about them.
  const { place: _place, planFile, ...others } = options
  if (planFile !== undefined) await file('copy.tfplan', 'a plan')
  const copy = async (name: string, spoilt: object): Promise<Twin> => {
    const path = `${name.replaceAll(' ', '-')}.json`
    await file(path, JSON.stringify({ ...plan, ...spoilt }))
    const files = { plan: path, ...(planFile !== undefined && { planFile: 'copy.tfplan' }) }
    return { name, options: { ...others, ...files }, context: { rootDir: emptyDir } }
  }
  const [denied = 'delete'] = (recordOf(options.deny).actions ?? []) as string[]
  const change = { actions: [denied], before: { id: 'p' }, after: denied === 'create' ? { id: 'p' } : null }
  const harm = { address: 'gatekit_prove.it', mode: 'managed', type: 'gatekit_prove', name: 'it', change }
  return [
    { name: 'no plan', context: { rootDir: emptyDir } },
    { name: 'old plan', context: { clock: { ...context.clock, now: () => now } } },
    await copy('empty plan', { resource_changes: [], planned_values: {} }),
    await copy(`${denied} in the plan`, {
      resource_changes: [...((plan.resource_changes as unknown[] | undefined) ?? []), harm],
    }),
  ]
}

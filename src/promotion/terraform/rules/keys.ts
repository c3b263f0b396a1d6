import { describeKey, type FoundKey, findKeys, fingerprintKey, samePair } from '../../../config/keys.ts'
import { findSecretLiterals } from '../../../kernel/secret-literals.ts'
import { found, type Judged, type Reviewed } from '../judged.ts'
import { leavesOf } from '../leaves.ts'
import type { PlanRule } from '../options.ts'
import { printedLeaves } from '../placed-leaves.ts'

export interface PlanKey extends FoundKey {
  /** `variables.stripe_secret_key.value` */
  where: string
}

/** The parts of a plan document in which a key can stand. */
const sections = ['variables', 'planned_values', 'configuration', 'prior_state'] as const

/** Every Stripe key of a plan, each value once at the first place it stands. */
export function keysOf(plan: Reviewed['plan']): PlanKey[] {
  const seen = new Map<string, PlanKey>()
  const look = (value: unknown, where: string): void => {
    if (typeof value !== 'string') return
    for (const key of findKeys(value)) if (!seen.has(key.value)) seen.set(key.value, { ...key, where })
  }
  for (const section of sections) {
    for (const { path, value } of leavesOf(plan[section])) look(value, `${section}.${path}`)
  }
  for (const { address, change } of plan.resource_changes) {
    for (const side of ['before', 'after'] as const) {
      for (const { path, value } of leavesOf(change[side])) look(value, `${address}.${path}`)
    }
  }
  for (const [name, change] of Object.entries(plan.output_changes)) {
    for (const { path, value } of leavesOf(change.after)) look(value, `output.${name}${path && `.${path}`}`)
  }
  return [...seen.values()]
}

/** T11: keys of this environment's mode, of every kind that is needed, of one account. Keys of the past state are judged like those to come. */
export function judgeKeys(
  rule: Extract<PlanRule, { secret: 'stripe' }>,
  { plan, environment, hmacKey }: Reviewed,
): Partial<Judged> {
  const keys = keysOf(plan)
  const shown = (key: PlanKey): string => describeKey(key, fingerprintKey(key.value, hmacKey))
  const wrong = keys
    .filter(({ mode }) => mode && mode !== rule.mode)
    .map((key) => found('T11', key.where, `no ${key.mode} key in ${environment}`, shown(key)))
  const missing = rule.require.filter(
    (kind) => !keys.some((key) => key.kind === kind && (!key.mode || key.mode === rule.mode)),
  )
  const noData = wrong.length > 0 ? [] : missing.map((kind) => `T11 no ${rule.mode} ${kind} key is in the plan`)
  if (!rule.samePair) return { findings: wrong, noData }
  return { findings: [...wrong, ...foreignPairs(keys, rule.mode, shown)], noData }
}

function foreignPairs(keys: PlanKey[], mode: string, shown: (key: PlanKey) => string) {
  const own = keys.filter((key) => key.mode === mode)
  const secrets = own.filter(({ kind }) => kind === 'secret' || kind === 'restricted')
  const publishables = own.filter(({ kind }) => kind === 'publishable')
  return secrets.flatMap((secret) =>
    publishables
      .filter((publishable) => samePair(secret, publishable) === 'different')
      .map((publishable) =>
        found(
          'T11',
          `${secret.where} and ${publishable.where}`,
          'keys of one account',
          `${shown(secret)}, ${shown(publishable)}`,
        ),
      ),
  )
}

/** T12: a secret that Terraform does not know to be one is printed by every plan and apply. */
export const judgeSensitivity = (reviewed: Reviewed): Partial<Judged> => ({
  findings: printedLeaves(reviewed)
    .filter(({ value, isSensitive }) => typeof value === 'string' && !isSensitive)
    .flatMap(({ where, value }) =>
      findSecretLiterals(value as string)
        .slice(0, 1)
        .map(({ name }) => found('T12', where, 'marked sensitive', `${name} in clear`)),
    ),
})

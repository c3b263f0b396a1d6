import { parseDuration } from '../../../config/duration.ts'
import { allowedSkewMs } from '../../../kernel/clock.ts'
import { matchesAddress } from '../address.ts'
import { found, type Judged, type Reviewed } from '../judged.ts'
import { resourcesOf } from '../plan.ts'
import { meetsConstraint } from '../version.ts'

/** T2: a plan that failed, was cut short or put something off is not the whole of what would be applied. */
export function judgeCompleteness({ plan, options }: Reviewed): Partial<Judged> {
  const findings: Judged['findings'] = []
  const undecided: string[] = []
  const { olderFormat, terraformVersion } = options.require
  if (plan.errored === true) findings.push(found('T2', 'errored', 'false', 'true'))
  if (plan.complete === false) findings.push(found('T2', 'complete', 'true', 'false'))
  for (const field of ['errored', 'complete'] as const) {
    if (plan[field] === undefined && !olderFormat)
      undecided.push(`T2 the plan does not say ${field} (require.olderFormat)`)
  }
  if (plan.applyable === false && plan.resource_changes.some(({ change }) => !change.actions.includes('no-op'))) {
    findings.push(found('T2', 'applyable', 'true', 'false'))
  }
  const deferred = plan.deferred_changes.length + plan.deferred_action_invocations.length
  if (deferred > 0) findings.push(found('T2', 'deferred changes', 'none', String(deferred)))
  if (!terraformVersion) return { findings, undecided }
  if (plan.terraform_version === undefined) undecided.push('T2 the plan does not say its terraform_version')
  else if (!meetsConstraint(plan.terraform_version, terraformVersion)) {
    findings.push(found('T2', 'terraform_version', terraformVersion, plan.terraform_version))
  }
  return { findings, undecided }
}

/** T14: checks of the configuration itself; those that cannot be told before apply are only noted. */
export function judgeChecks({ plan }: Reviewed): Partial<Judged> {
  const named = plan.checks.map(({ address, status }) => {
    const shown = (address as { to_display?: unknown } | undefined)?.to_display
    return { name: typeof shown === 'string' ? shown : JSON.stringify(address ?? 'check'), status }
  })
  return {
    findings: named
      .filter(({ status }) => status === 'fail' || status === 'error')
      .map(({ name, status }) => found('T14', name, 'pass', status)),
    notes: named.filter(({ status }) => status === 'unknown').map(({ name }) => `T14 ${name}: unknown until applied`),
  }
}

/** T16: judged by the time inside the plan; its file may have been copied or checked out since. */
export function judgeAge({ plan, options, now }: Reviewed): Partial<Judged> {
  const made = Date.parse(plan.timestamp ?? '')
  if (Number.isNaN(made)) return { undecided: ['T16 the plan does not say when it was made'] }
  const age = now - made
  if (age < -allowedSkewMs) return { undecided: [`T16 the plan is from the future (${plan.timestamp})`] }
  if (age <= parseDuration(options.maxAge)!) return {}
  const minutes = Math.round(age / 60_000)
  return { undecided: [`T16 the plan is ${minutes} min old, more than ${options.maxAge} (made ${plan.timestamp})`] }
}

/** T17: the state, the account and the region that this environment lives in. */
export function judgePlace({ plan, options, workingDir }: Reviewed): Partial<Judged> {
  const { place } = options
  if (!place) return {}
  const undecided: string[] = []
  for (const [key, wanted] of Object.entries(place.backend ?? {})) {
    const actual = workingDir.backend?.[key]
    if (actual === wanted) continue
    undecided.push(`T17 backend ${key}: expected ${wanted}, found ${actual === undefined ? 'nothing' : String(actual)}`)
  }
  if (place.workspace && workingDir.workspace !== place.workspace) {
    undecided.push(`T17 workspace: expected ${place.workspace}, found ${workingDir.workspace}`)
  }
  for (const [provider, wanted] of Object.entries(place.providers)) {
    for (const [name, value] of Object.entries(wanted)) {
      const actual = providerValue(plan, provider, name)
      if (actual !== value)
        undecided.push(`T17 provider ${provider} ${name}: expected ${value}, found ${actual ?? 'nothing'}`)
    }
  }
  return { undecided }
}

/** A provider's setting, given as itself or as a variable; anything computed cannot be told. */
function providerValue(plan: Reviewed['plan'], provider: string, name: string): string | undefined {
  const configured = (plan.configuration as { provider_config?: Record<string, unknown> } | undefined)?.provider_config
  const entry = configured?.[provider] as { expressions?: Record<string, unknown> } | undefined
  const expression = entry?.expressions?.[name] as { constant_value?: unknown; references?: string[] } | undefined
  if (typeof expression?.constant_value === 'string') return expression.constant_value
  const variable = expression?.references?.find((reference) => reference.startsWith('var.'))?.slice('var.'.length)
  const value = variable === undefined ? undefined : plan.variables[variable]?.value
  return typeof value === 'string' ? value : undefined
}

/** T18: an empty plan of a wrong workspace has nothing to object to, and that is no approval. */
export function judgeFloor({ plan, options }: Reviewed): Partial<Judged> {
  const managed = resourcesOf(plan.planned_values).filter(({ mode }) => mode === 'managed')
  const { minResources, addresses } = options.require
  const noData: string[] = []
  if (managed.length < minResources)
    noData.push(`T18 the plan holds ${managed.length} managed resources, fewer than ${minResources}`)
  for (const wanted of addresses) {
    if (!managed.some(({ address }) => matchesAddress(wanted, address))) noData.push(`T18 ${wanted} is not in the plan`)
  }
  return { noData }
}

import { deadExceptions, exceptionFor, isExpired, shownException } from '../exceptions.ts'
import { found, type Judged, type Reviewed, shownValue } from '../judged.ts'
import { statefulTypes } from '../options.ts'
import { effective, type ResourceChange } from '../plan.ts'

const ruleOf: Record<string, string> = { delete: 'T3', forget: 'T4' }

export const isStateful = (type: string, { options }: Pick<Reviewed, 'options'>): boolean =>
  Object.hasOwn(statefulTypes, type) || Object.hasOwn(options.stateful, type)

/** T3, T4, T5: nothing is destroyed or forgotten, replacements and deposed objects included; a replacement says why. */
export function judgeActions(reviewed: Reviewed): Partial<Judged> {
  const { plan, options, now } = reviewed
  const findings = effective(plan.resource_changes).flatMap((one) => {
    const denied = one.change.actions.filter((action) => (options.deny.actions as string[]).includes(action))
    const excepted = exceptionFor(one.address, options.deny.except, { now, isStateful: isStateful(one.type, reviewed) })
    if (denied.length === 0 || excepted) return []
    const name = one.deposed ? `${one.address} (deposed ${one.deposed})` : one.address
    return denied.map((action) => found(ruleOf[action] ?? 'T3', name, `no ${action}`, shownChange(one)))
  })
  const replaced = effective(plan.resource_changes).filter(({ change }) => change.actions.length > 1)
  return { findings, notes: replaced.map((one) => `T5 ${one.address}: ${shownChange(one)}`) }
}

function shownChange({ change, action_reason }: ResourceChange): string {
  const because = (change.replace_paths ?? []).map((path) => path.join('.')).join(', ')
  const reasons = [action_reason, because && `because of ${because}`].filter(Boolean).join(', ')
  return `${change.actions.join(' then ')}${reasons ? ` (${reasons})` : ''}`
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** T6: what holds state keeps its name, its keys, its engine and its encryption. */
export function judgeStateful(reviewed: Reviewed): Partial<Judged> {
  const { plan, options, now } = reviewed
  const findings: Judged['findings'] = []
  const undecided: string[] = []
  for (const { address, type, change } of effective(plan.resource_changes)) {
    if (!isStateful(type, reviewed) || !change.actions.includes('update')) continue
    if (exceptionFor(address, options.deny.except, { now, isStateful: true })) continue
    const before = change.before as Record<string, unknown> | null
    const after = change.after as Record<string, unknown> | null
    for (const name of [...(statefulTypes[type] ?? []), ...(options.stateful[type] ?? [])]) {
      const isUnknown = (change.after_unknown as Record<string, unknown> | undefined)?.[name] === true
      if (isUnknown) undecided.push(`T6 ${address}.${name} is unknown until applied`)
      else if (!same(before?.[name], after?.[name])) findings.push(changed(address, name, change, before, after))
    }
  }
  return { findings, undecided }
}

function changed(
  address: string,
  name: string,
  change: ResourceChange['change'],
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
) {
  const isSensitive = [change.before_sensitive, change.after_sensitive].some(
    (mask) => mask === true || Boolean((mask as Record<string, unknown> | undefined)?.[name]),
  )
  const shown = (value: unknown): string => (isSensitive ? '(sensitive)' : shownValue(value))
  return found('T6', `${address}.${name}`, `unchanged: ${shown(before?.[name])}`, shown(after?.[name]))
}

/** T7: an exception that covers nothing any more, or is over, is taken out. */
export function judgeExceptions({ plan, options, now }: Reviewed): Partial<Judged> {
  const addresses = effective(plan.resource_changes).map(({ address }) => address)
  const dead = deadExceptions(options.deny.except, addresses)
  const expired = options.deny.except.filter((exception) => isExpired(exception, now))
  return {
    findings: expired.map((one) => found('T7', shownException(one), 'an exception that still holds', 'expired')),
    notes: dead.map((one) => `T7 ${shownException(one)}: no change of this plan needs this exception`),
  }
}

/** T15: state that was changed behind Terraform's back. */
export function judgeDrift(reviewed: Reviewed): Partial<Judged> {
  const drifted = effective(reviewed.plan.resource_drift)
  const isFailure = ({ type }: ResourceChange): boolean =>
    reviewed.options.drift === 'fail' && isStateful(type, reviewed)
  return {
    findings: drifted
      .filter(isFailure)
      .map((one) =>
        found('T15', one.address, 'as Terraform left it', `changed outside (${one.change.actions.join(', ')})`),
      ),
    notes: drifted
      .filter((one) => !isFailure(one))
      .map(({ address }) => `T15 ${address} was changed outside Terraform`),
  }
}

/** T20: what a reader should know though it decides nothing. */
export function noteSideEffects({ plan }: Reviewed): Partial<Judged> {
  const notes = plan.resource_changes.flatMap(({ address, previous_address, change }) => [
    ...(previous_address && previous_address !== address ? [`T20 ${previous_address} moved to ${address}`] : []),
    ...(change.importing ? [`T20 ${address} is imported`] : []),
  ])
  return { notes: [...notes, ...provisionersOf(plan.configuration).map((name) => `T20 ${name}`)] }
}

function provisionersOf(configuration: unknown): string[] {
  const below = (module: unknown, path: string): string[] => {
    const { resources = [], module_calls = {} } = (module ?? {}) as {
      resources?: { address?: string; provisioners?: { type?: string }[] }[]
      module_calls?: Record<string, { module?: unknown }>
    }
    const own = resources.flatMap(({ address, provisioners = [] }) =>
      provisioners.map(({ type }) => `${path}${address} runs a ${type} provisioner`),
    )
    const nested = Object.entries(module_calls).flatMap(([name, call]) => below(call.module, `${path}module.${name}.`))
    return [...own, ...nested]
  }
  return below((configuration as { root_module?: unknown } | undefined)?.root_module, '')
}

import { longestWaiverDays, waiverDaysLeft } from '../config/waiver.ts'
import type { Clock } from '../kernel/clock.ts'
import { systemClock } from '../kernel/clock.ts'
import type { Problem } from '../kernel/errors.ts'
import { type Check, checkName, type Gate, type Project } from './project.ts'
import { quarantineWarnings } from './quarantine.ts'

/** What is allowed and still unwise, each with its place. A project with warnings runs; `gatekit lint` shows them. */
export function lintProject(project: Project, clock: Clock = systemClock): Problem[] {
  return [
    ...project.gates.flatMap(gateWarnings),
    ...project.gates.flatMap((gate) => gate.checks).flatMap(checkWarnings),
    ...project.waivers.flatMap((waiver) => waiverWarnings(waiver, clock.now())),
    ...project.quarantine.flatMap((entry) => quarantineWarnings(entry, clock.now())),
    ...environmentWarnings(project),
    ...profileWarnings(project),
    ...promotionWarnings(project),
  ]
}

function gateWarnings({ id, title, checks, minChecks, place }: Gate): Problem[] {
  const counted = checks.filter((check) => !check.advisory).length
  const warnings: Problem[] = []
  if (title === id)
    warnings.push({ title: `gate ${id} has no title`, place, remedy: 'say in a few words what it proves' })
  if (counted < minChecks) {
    const found = `${counted} of its checks count, the floor is ${minChecks}`
    warnings.push({ title: `gate ${id} can never pass`, place, note: found, remedy: 'add checks or lower minChecks' })
  }
  return warnings
}

function checkWarnings(check: Check): Problem[] {
  const name = checkName(check)
  const at = (key: string) => check.source.place([...check.path, key], 'key')
  const warnings: Problem[] = []
  if (check.title === undefined) {
    warnings.push({ title: `check ${name} has no title`, place: check.place, remedy: 'say what holds when it passes' })
  }
  if (check.type === 'command' && isShell(check.options.run)) {
    const remedy = 'write run: [program, argument, ...]; a shell can hide a failure'
    warnings.push({ title: `check ${name} runs a shell`, place: at('run'), remedy })
  }
  if (check.skipAllowed && !check.when) {
    warnings.push({ title: `check ${name} has skip: allowed and no when`, place: at('skip'), remedy: 'remove skip' })
  }
  if (check.retry.max > 5) {
    const remedy = 'a check that needs so many attempts tells little'
    warnings.push({ title: `check ${name} is tried ${check.retry.max + 1} times`, place: at('retry'), remedy })
  }
  return warnings
}

const isShell = (run: unknown): boolean =>
  typeof run === 'string' || (typeof run === 'object' && run !== null && 'shell' in run)

function waiverWarnings(waiver: Project['waivers'][number], now: number): Problem[] {
  const { check, ticket, expires, place } = waiver
  const left = waiverDaysLeft(waiver, now)
  if (left >= 7) return []
  const title =
    left < 0
      ? `waiver ${ticket} for ${check} expired on ${expires}`
      : `waiver ${ticket} for ${check} ends in ${left} days`
  return [{ title, place, remedy: `repair the check, or renew the waiver (at most ${longestWaiverDays} days)` }]
}

function environmentWarnings({ environments }: Project): Problem[] {
  return Object.values(environments).flatMap(({ name, baseUrl, mode, identity, embedded }): Problem[] => {
    if (embedded || baseUrl === undefined) return []
    const { protocol, hostname } = new URL(baseUrl)
    const isLocal = /^(127\.|localhost$|\[::1\]$)/.test(hostname)
    const warnings: Problem[] = []
    if (protocol === 'http:' && !isLocal) {
      warnings.push({ title: `environment ${name} is reached without TLS`, remedy: 'use an https:// address' })
    }
    if (mode === 'live' && !identity) {
      const remedy = 'add identity: { path, sha }, so that a pass names the build it judged'
      warnings.push({ title: `environment ${name} is live and does not tell its build`, remedy })
    }
    return warnings
  })
}

/** A promotion that asks for what is not there is refused on the day it is wanted. */
function promotionWarnings({ environments, profiles, gates, signers }: Project): Problem[] {
  const runnable = [...Object.keys(profiles), ...gates.map(({ id }) => id)]
  const people = Object.entries(signers).flatMap(([name, { roles }]) => [name, ...roles])
  return Object.values(environments).flatMap(({ name, promotion }) => {
    const { profile, evidenceProfile, signedBy = [] } = promotion ?? {}
    const wanted = [profile, evidenceProfile].filter((each) => each !== undefined)
    const missing = wanted.filter((each) => !runnable.includes(each.split('/')[0]!))
    const strangers = signedBy.filter((each) => !people.includes(each))
    return [
      ...missing.map((each) => ({
        title: `environment ${name} is promoted into by "${each}", which is no profile and no gate`,
        remedy: 'add it under profiles:',
      })),
      ...strangers.map((each) => ({
        title: `environment ${name} wants a signature of "${each}", and no signer has that name or role`,
        remedy: 'add it under signers:',
      })),
    ]
  })
}

/** A gate in no profile runs only by name, which is how gates are forgotten. */
function profileWarnings({ profiles, gates, environments }: Project): Problem[] {
  const promoted = Object.values(environments).map(({ promotion }) => promotion?.profile)
  const listed = Object.values(profiles).flatMap((profile) => profile.gates.map((name) => name.split('/')[0]))
  if (listed.length === 0) return []
  return gates
    .filter((gate) => !listed.includes(gate.id) && !promoted.includes(gate.id))
    .map(({ id, place }) => ({ title: `gate ${id} is in no profile`, place, remedy: 'add it to a profile' }))
}

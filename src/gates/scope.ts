import type { Environment } from '../config/environment.ts'
import { packageDir, packageVersion } from '../kernel/package.ts'
import { didYouMean } from '../kernel/suggest.ts'
import type { Resolution, Template } from './template.ts'

export interface GitFacts {
  sha?: string
  branch?: string
  dirty?: boolean
  /** Of the newest commit; two-person rules compare with it. */
  author?: string
  /** Names and addresses of all who wrote or committed it. */
  authors?: readonly string[]
}

/** What templates may name that is known before anything runs. */
export interface TemplateFacts {
  environment: Environment
  git: GitFacts
  flags: readonly { name: string; value: string }[]
}

/** What templates may name that only a run knows. */
export interface RunFacts extends TemplateFacts {
  run: { id: string; start: number }
  services: { stripe?: string; notify?: string; app?: string }
  /** Exports of the checks that have passed, by `gate/check`. */
  exports: ReadonlyMap<string, Record<string, unknown>>
}

/** Known at any time, but different on each machine: a plan's digest must not depend on it. */
const packageValues = { dir: packageDir, version: packageVersion }

const runNames = ['id', 'start', 'startMs']
const serviceNames = ['stripe', 'notify', 'app']

/** Fills in what is known when the plan is made; names that cannot exist are problems already, the rest waits. */
export function planTimeResolver(
  facts: TemplateFacts,
  own: readonly string[] = [],
): (template: Template) => Resolution {
  return ({ root, name }) => {
    if (own.includes(root)) return { later: true }
    if (root === 'env') {
      const isLater = facts.environment.embedded && (name === 'baseUrl' || name === 'domain')
      return isLater ? { later: true } : named(environmentValues(facts.environment), name, 'the environment has')
    }
    if (root === 'git') return named(gitValues(facts.git), name, 'git knows')
    if (root === 'flags') return named(flagValues(facts), name, 'flags are')
    if (root === 'gatekit') return known(Object.keys(packageValues), name)
    if (root === 'run') return known(runNames, name)
    if (root === 'service') return known(serviceNames, name)
    return { later: true }
  }
}

/** Fills in everything. What an earlier check exported as nothing is a problem: nothing must not pass for a value. */
export function runTimeResolver(
  facts: RunFacts,
  gate: string,
  own: readonly string[] = [],
): (template: Template) => Resolution {
  const early = planTimeResolver(facts, own)
  const run = { id: facts.run.id, start: new Date(facts.run.start).toISOString(), startMs: facts.run.start }
  return (template) => {
    const { root, name } = template
    const found = early(template)
    if (!('later' in found) || own.includes(root)) return found
    if (root === 'env')
      return named(environmentValues(facts.environment, facts.services.app), name, 'the environment has')
    if (root === 'run') return named(run, name, 'the run has')
    if (root === 'gatekit') return named(packageValues, name, 'gatekit has')
    if (root === 'service') return named({ ...facts.services }, name, 'running services are')
    const check = root.includes('/') ? root : `${gate}/${root}`
    const exported = facts.exports.get(check)
    if (!exported) return { problem: `${check} has exported nothing` }
    return named(exported, name, `${check} exported`)
  }
}

/** The values of `${env.*}`; `baseUrl` of the embedded environment is where the backend was started. */
export function environmentValues(environment: Environment, embeddedUrl?: string): Record<string, unknown> {
  const { name, mode, variables } = environment
  const baseUrl = environment.embedded ? (embeddedUrl ?? environment.baseUrl) : environment.baseUrl
  const domain = environment.domain ?? (baseUrl === undefined ? undefined : new URL(baseUrl).host)
  return {
    name,
    mode,
    live: mode === 'live',
    embedded: environment.embedded,
    protected: environment.protected,
    baseUrl,
    domain,
    variables,
  }
}

const gitValues = ({ sha, branch, dirty, author }: GitFacts) => ({
  sha,
  short: sha?.slice(0, 7),
  branch,
  dirty,
  author,
})

const flagValues = ({ flags }: TemplateFacts) => Object.fromEntries(flags.map(({ name, value }) => [name, value]))

const known = (names: readonly string[], name: string): Resolution =>
  names.includes(name) ? { later: true } : { problem: didYouMean(name, names) ?? `one of ${names.join(', ')}` }

function named(values: Record<string, unknown>, name: string, whose: string): Resolution {
  const value = name
    .split('.')
    .reduce<unknown>((inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), values)
  const whole = Object.hasOwn(values, name) ? values[name] : value
  if (typeof whole === 'string' ? whole !== '' : whole !== undefined && whole !== null) {
    return { value: whole as string | number | boolean | object }
  }
  const present = Object.keys(values).filter((key) => values[key] !== undefined)
  if (name in values) return { problem: `${name} has no value` }
  return { problem: didYouMean(name, present) ?? `${whose} ${present.join(', ') || 'nothing'}` }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

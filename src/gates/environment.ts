import { type Environment, embeddedName, givenEnvironment, withoutSlash } from '../config/environment.ts'
import { usageError } from '../kernel/errors.ts'
import { didYouMean } from '../kernel/suggest.ts'
import type { Project } from './project.ts'

export interface EnvironmentChoice {
  /** `--env` */
  name?: string
  /** `--base-url`; laid over the environment's own. */
  baseUrl?: string
}

/** The environment of a run: the one that was named, an address on its own, or else everything embedded. Unknown names are usage errors. */
export function selectEnvironment(project: Project, { name, baseUrl }: EnvironmentChoice): Environment {
  if (baseUrl !== undefined && !(URL.canParse(baseUrl) && /^https?:$/.test(new URL(baseUrl).protocol))) {
    throw usageError('the base URL is not an http:// or https:// URL', 'give one such as http://127.0.0.1:8000')
  }
  if (name === undefined) return baseUrl === undefined ? project.environments[embeddedName]! : givenEnvironment(baseUrl)
  const found = Object.hasOwn(project.environments, name) ? project.environments[name] : undefined
  if (!found) {
    const known = Object.keys(project.environments)
    throw usageError(`unknown environment "${name}"`, didYouMean(name, known) ?? `environments: ${known.join(', ')}`)
  }
  if (baseUrl === undefined) return found
  if (found.embedded) throw usageError('the embedded environment has no other address', 'leave out --env or --base-url')
  return { ...found, baseUrl: withoutSlash(baseUrl) }
}

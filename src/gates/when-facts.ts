import type { RunState } from './context.ts'
import type { WhenFacts } from './when.ts'

/** What conditions may ask of a run. */
export function whenFacts({ plan: { environment }, context }: Pick<RunState, 'plan' | 'context'>): WhenFacts {
  return {
    variable: (name) => (Object.hasOwn(context.variables, name) ? context.variables[name] : undefined),
    flag: (name) => context.flags.find((flag) => flag.name === name)?.value,
    environment: environment.name,
    embedded: environment.embedded,
  }
}

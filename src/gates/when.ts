import { z } from 'zod'

const scalar = z.union([z.string(), z.number(), z.boolean()])

export type When =
  | { env: string; equals?: string | number | boolean | undefined }
  | { flag: string; equals: string | number | boolean }
  | { environment: string[] }
  | { embedded: boolean }
  | { not: When }
  | { all: When[] }
  | { any: When[] }

const shapes = 'expected one of { env }, { flag, equals }, { environment }, { embedded }, { not }, { all }, { any }'

/** A condition is data: nothing is evaluated, so nothing can be misread. */
export const whenSchema: z.ZodType<When> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ env: z.string().min(1), equals: scalar.optional() }),
      z.strictObject({ flag: z.string().min(1), equals: scalar }),
      z.strictObject({ environment: z.array(z.string()).min(1) }),
      z.strictObject({ embedded: z.boolean() }),
      z.strictObject({ not: whenSchema }),
      z.strictObject({ all: z.array(whenSchema).min(1) }),
      z.strictObject({ any: z.array(whenSchema).min(1) }),
    ],
    { error: shapes },
  ),
)

export interface WhenFacts {
  variable(name: string): string | undefined
  flag(name: string): string | undefined
  environment: string
  embedded: boolean
}

/** undefined when the condition holds, else why it does not, as one line. */
export function whyNot(when: When, facts: WhenFacts): string | undefined {
  if ('env' in when) return whyNotVariable(when, facts.variable(when.env))
  if ('flag' in when) {
    const value = facts.flag(when.flag)
    return value === String(when.equals) ? undefined : `flag ${when.flag} is ${value ?? 'unknown'}, not ${when.equals}`
  }
  if ('environment' in when) {
    const wanted = when.environment.join(' or ')
    return when.environment.includes(facts.environment)
      ? undefined
      : `environment is ${facts.environment}, not ${wanted}`
  }
  if ('embedded' in when) {
    if (when.embedded === facts.embedded) return undefined
    return when.embedded ? 'only for the embedded system' : 'not for the embedded system'
  }
  if ('not' in when) return whyNot(when.not, facts) === undefined ? `not ${describeWhen(when.not)}` : undefined
  if ('all' in when) return when.all.map((each) => whyNot(each, facts)).find((reason) => reason !== undefined)
  const reasons = when.any.map((each) => whyNot(each, facts))
  return reasons.includes(undefined) ? undefined : reasons.join('; ')
}

/** Values of variables are never shown: they may be secrets. */
function whyNotVariable(when: { env: string; equals?: unknown }, value: string | undefined): string | undefined {
  if (value === undefined || value === '') return `${when.env} is not set`
  if (when.equals === undefined || value === String(when.equals)) return undefined
  return `${when.env} is not ${String(when.equals)}`
}

/** `env STRIPE_KEY`, `flag STRIPE_MOCK = 1` … for the reason of a skip. */
export function describeWhen(when: When): string {
  if ('not' in when) return `not (${describeWhen(when.not)})`
  if ('all' in when) return when.all.map(describeWhen).join(' and ')
  if ('any' in when) return when.any.map(describeWhen).join(' or ')
  if ('env' in when) return `env ${when.env}${when.equals === undefined ? ' set' : ` = ${when.equals}`}`
  if ('flag' in when) return `flag ${when.flag} = ${when.equals}`
  if ('environment' in when) return `environment ${when.environment.join(' or ')}`
  return when.embedded ? 'embedded' : 'not embedded'
}

export interface WhenUse {
  kind: 'environment' | 'flag'
  name: string
  path: PropertyKey[]
}

/** Names of environments and flags that a condition speaks of, each with its path, so that misspelt ones are found. */
export function namesInWhen(when: When, path: readonly PropertyKey[] = []): WhenUse[] {
  if ('flag' in when) return [{ kind: 'flag', name: when.flag, path: [...path, 'flag'] }]
  if ('environment' in when) {
    return when.environment.map((name, index) => ({ kind: 'environment', name, path: [...path, 'environment', index] }))
  }
  if ('not' in when) return namesInWhen(when.not, [...path, 'not'])
  if ('all' in when) return when.all.flatMap((each, index) => namesInWhen(each, [...path, 'all', index]))
  if ('any' in when) return when.any.flatMap((each, index) => namesInWhen(each, [...path, 'any', index]))
  return []
}

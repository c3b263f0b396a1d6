import type { Sabotage, Twin } from '../define.ts'
import { recordOf } from './record.ts'

/** Made here and never a key of anybody. */
const keyOf = (mode: string): string => `sk_${mode}_${'51Prove'.padEnd(48, '0aB9')}`

/** Nothing to look at, and a key of the other mode in the first place that is looked at. */
export const sabotageKeys: Sabotage = async (options, { context, emptyDir, file }) => {
  const sources = Array.isArray(options.sources) ? options.sources.map(recordOf) : []
  const rules = Array.isArray(options.rules) ? options.rules.map(recordOf) : []
  const { probe: _, ...others } = options
  const nothing = { rootDir: emptyDir, variable: () => undefined, variables: () => ({}) }
  const twins: Twin[] = [
    {
      name: 'nothing to look at',
      options: { ...others, sources: [{ glob: 'none/*.txt', within: [] }] },
      context: nothing,
    },
  ]
  const rule = rules[0] ?? {}
  const forbidden = String(rule.forbid ?? (rule.mode === 'live' ? 'test' : 'live'))
  const key = keyOf(forbidden === 'test' ? 'test' : 'live')
  const named = Array.isArray(sources[0]?.env) ? String(sources[0].env[0]) : 'STRIPE_SECRET_KEY'
  if (sources.some((source) => source.env !== undefined)) {
    const variables = { ...context.variables(), [named]: key }
    const world = { variables: () => variables, variable: (name: string) => variables[name] }
    twins.push({ name: `${forbidden} key`, options: others, context: world })
    return twins
  }
  await file('.env', `STRIPE_SECRET_KEY=${key}\n`)
  const spoilt = { ...others, sources: [{ file: '.env' }] }
  twins.push({ name: `${forbidden} key`, options: spoilt, context: { rootDir: emptyDir } })
  return twins
}

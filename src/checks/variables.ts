import { z } from 'zod'
import type { Finding } from '../kernel/record.ts'
import { defineCheck, fail, type Outcome, pass } from './define.ts'
import { matcherSchema, mismatch } from './expect/matcher.ts'
import { hasAny } from './expect/presence.ts'
import { sabotageVariables } from './sabotage/variables.ts'

const name = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]*$/, { error: 'expected the name of an environment variable, in capitals' })

const options = z
  .strictObject({
    require: z.array(name).min(1).optional().describe('Set, not empty, and no stand-in such as changeme'),
    values: z.record(name, matcherSchema).optional().describe('Values or rules, for variables that are no secrets'),
  })
  .refine(hasAny, { error: 'expected require, values, or both' })

/** What people write where a value belongs, and forget. */
const standIns = /^(change-?me|todo|xxx+|placeholder|example|dummy|your[-_ ].*|<.*>|\.\.\.|…)$/i

/** Variables that the application needs, as this run sees them. Values are compared and never shown. */
export const variablesCheck = defineCheck({
  type: 'variables',
  sabotage: sabotageVariables,
  summary: 'Looks whether environment variables are set, are no stand-ins, and have the values they must have',
  options,
  example: { require: ['DATABASE_URL', 'STRIPE_WEBHOOK_SECRET'], values: { REQUIRE_WEBHOOK_SIGNATURE: 'true' } },
  async run({ require = [], values = {} }, context): Promise<Outcome> {
    const findings: Finding[] = [
      ...require.flatMap((each) => judgeRequired(each, context.variable(each))),
      ...Object.entries(values).flatMap(([each, matcher]) => {
        const actual = context.variable(each)
        const expected = mismatch(matcher, actual)
        return expected === undefined
          ? []
          : [{ subject: each, expected, actual: actual === undefined ? 'not set' : 'another value' }]
      }),
    ]
    const reproduce = [`env | grep -E '^(${[...require, ...Object.keys(values)].join('|')})=' | cut -d= -f1`]
    const details = { variables: require.length + Object.keys(values).length }
    if (findings.length === 0) return { ...pass(details), reproduce }
    return {
      ...fail(`${findings.map(({ subject }) => subject).join(', ')} not as expected`, findings, details),
      reproduce,
    }
  },
})

function judgeRequired(subject: string, value: string | undefined): Finding[] {
  if (value === undefined) return [{ subject, expected: 'a value', actual: 'not set' }]
  return standIns.test(value.trim()) ? [{ subject, expected: 'a value', actual: 'a stand-in' }] : []
}

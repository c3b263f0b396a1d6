import { z } from 'zod'
import { describeKey, fingerprintKey, keyKinds, samePair } from '../../config/keys.ts'
import type { Finding } from '../../kernel/record.ts'
import type { LocatedKey } from './sources.ts'

const mode = z.enum(['live', 'test'])

/** What must hold for the keys of one provider. */
export const ruleSchema = z.union([
  z.strictObject({
    provider: z.literal('stripe'),
    mode: mode.describe('Every key found is of this mode'),
    require: z.array(z.enum(keyKinds)).min(1).describe('At least one key of each of these kinds is there'),
    samePair: z.literal(true).optional().describe('All keys that tell their account tell the same one'),
  }),
  z.strictObject({
    provider: z.literal('stripe'),
    forbid: mode.describe('No key of this mode'),
    outside: z.array(z.string().min(1)).min(1).optional().describe('Environments in which such keys are welcome'),
  }),
])

type Rule = z.output<typeof ruleSchema>

interface Judged {
  findings: Finding[]
  /** Why the rule could not be judged. */
  undecided?: string
}

/** Compares the keys that were found with one rule. */
export function judgeRule(
  rule: Rule,
  keys: readonly LocatedKey[],
  { environment, hmacKey }: { environment: string; hmacKey: Uint8Array },
): Judged {
  const wrongMode = (wanted: 'live' | 'test'): Finding[] =>
    keys
      .filter((key) => key.mode && key.mode !== wanted)
      .map((key) => ({
        subject: key.where,
        expected: `no ${key.mode} key in ${environment}`,
        actual: describeKey(key, fingerprintKey(key.value, hmacKey)),
        ...(key.place && { place: key.place }),
      }))
  if ('forbid' in rule) {
    if (rule.outside?.includes(environment)) return { findings: [] }
    return { findings: wrongMode(rule.forbid === 'live' ? 'test' : 'live') }
  }
  const missing = rule.require
    .filter((kind) => !keys.some((key) => key.kind === kind && (!key.mode || key.mode === rule.mode)))
    .map((kind) => ({ subject: `${kind} key`, expected: `a ${rule.mode} one`, actual: 'none in any source' }))
  const findings = [...wrongMode(rule.mode), ...missing]
  if (!rule.samePair || findings.length > 0) return { findings }
  return judgePair(keys, hmacKey)
}

/** Every secret key is compared with every publishable one; a pair that cannot be told is not taken for the same. */
function judgePair(keys: readonly LocatedKey[], hmacKey: Uint8Array): Judged {
  const secrets = keys.filter(({ kind }) => kind === 'secret' || kind === 'restricted')
  const publishables = keys.filter(({ kind }) => kind === 'publishable')
  const pairs = secrets.flatMap((secret) => publishables.map((publishable) => ({ secret, publishable })))
  if (pairs.length === 0) return { findings: [], undecided: 'samePair needs a secret and a publishable key' }
  const different = pairs.filter(({ secret, publishable }) => samePair(secret, publishable) === 'different')
  if (different.length > 0) {
    return {
      findings: different.map(({ secret, publishable }) => ({
        subject: `${secret.where} and ${publishable.where}`,
        expected: 'keys of one account',
        actual: [secret, publishable].map((key) => describeKey(key, fingerprintKey(key.value, hmacKey))).join(', '),
        ...(secret.place && { place: secret.place }),
      })),
    }
  }
  const unknown = pairs.find(({ secret, publishable }) => samePair(secret, publishable) === 'unknown')
  if (!unknown) return { findings: [] }
  return {
    findings: [],
    undecided: `samePair: ${unknown.secret.where} and ${unknown.publishable.where} do not tell their account (they do not begin with 51)`,
  }
}

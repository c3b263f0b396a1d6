import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { keyKinds } from '../config/keys.ts'
import type { Finding } from '../kernel/record.ts'
import { type CheckContext, defineCheck, fail, noData, type Outcome, pass, undecided } from './define.ts'
import { FileTooLong } from './files/content.ts'
import { OutsidePath } from './files/locate.ts'
import { HistoryTrouble } from './keys/history.ts'
import { probeMode, probeSchema } from './keys/probe.ts'
import { judgeRule, ruleSchema } from './keys/rules.ts'
import { type Scan, scanSources, sourceSchema } from './keys/sources.ts'
import { codeOf, stopped } from './network/trouble.ts'
import { sabotageKeys } from './sabotage/keys.ts'

const options = z.strictObject({
  sources: z.array(sourceSchema).min(1).describe('Where keys are looked for; each must have something to look at'),
  rules: z.array(ruleSchema).min(1),
  probe: probeSchema.optional().describe('Asks the provider itself which mode a key is of'),
})

/** Makes fingerprints comparable within one process and worthless outside it. */
const hmacKey = randomBytes(32)

/** Keys of the right mode and account where they belong, and nowhere else. Shows class and fingerprint, never a part of a key. */
export const keysCheck = defineCheck({
  type: 'keys',
  sabotage: sabotageKeys,
  summary: 'Looks for provider keys in the environment and in files, and judges their mode, kind and account',
  options,
  example: {
    sources: [{ env: true }, { file: '.env', optional: true }, { glob: 'src/**/*.{ts,py,tf}' }],
    rules: [
      { provider: 'stripe', mode: 'test', require: ['secret', 'publishable'], samePair: true },
      { provider: 'stripe', forbid: 'live', outside: ['prod'] },
    ],
  },
  run: async (options, context): Promise<Outcome> => ({
    reproduce: [`gatekit run ${context.id}`],
    ...(await look(options, context)),
  }),
})

type Options = z.output<typeof options>

async function look(options: Options, context: CheckContext): Promise<Outcome> {
  let scan: Scan
  try {
    scan = await scanSources(options.sources, context)
  } catch (error) {
    if (context.signal.aborted) return stopped('keys', context.signal)
    if (error instanceof OutsidePath || error instanceof FileTooLong || error instanceof HistoryTrouble)
      return undecided(error.message)
    const code = codeOf(error)
    if (!code) throw error
    return undecided(`a source cannot be read (${code}): ${(error as Error).message}`)
  }
  for (const { value, kind, where } of scan.keys) {
    if (kind !== 'publishable') context.secrets.add(`key in ${where}`, value)
  }
  const details = { scanned: scan.counts, keys: countKinds(scan) }
  const empty = scan.counts.find(({ scanned }) => scanned === 0)
  if (empty) return noData(`${empty.source}: nothing was there to be scanned`, details)
  return judge(options, scan, details, context)
}

async function judge(
  { rules, probe }: Options,
  scan: Scan,
  details: Record<string, unknown>,
  context: CheckContext,
): Promise<Outcome> {
  const judged = rules.map((rule) => judgeRule(rule, scan.keys, { environment: context.environment.name, hmacKey }))
  const findings: Finding[] = judged.flatMap(({ findings }) => findings)
  if (findings.length > 0)
    return fail(`${findings.length} keys are missing or not where they belong`, findings, details)
  const unknown = judged.find(({ undecided }) => undecided)?.undecided
  if (unknown) return undecided(unknown, 'other', details)
  const probed = probe ? await probeMode(probe.stripe, context) : undefined
  return probed ? { ...probed, details: { ...details, ...probed.details } } : pass(details)
}

const countKinds = ({ keys }: Scan): Record<string, number> =>
  Object.fromEntries(keyKinds.map((kind) => [kind, keys.filter((key) => key.kind === kind).length]))

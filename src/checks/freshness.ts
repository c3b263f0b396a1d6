import { z } from 'zod'
import { signersNamed } from '../config/signer.ts'
import { verifyText } from '../evidence/ssh-signature.ts'
import { allowedSkewMs } from '../kernel/clock.ts'
import { durationSchema, formatDuration, parseDuration } from '../kernel/duration.ts'
import { jsonPathSchema, selectJson } from '../kernel/json-path.ts'
import type { Finding } from '../kernel/record.ts'
import { type CheckContext, defineCheck, fail, noData, type Outcome, pass, undecided } from './define.ts'
import { jsonExpectation, judgeJson } from './expect/json.ts'
import { parseTimestamp } from './expect/timestamp.ts'
import { FileTooLong, readText } from './files/content.ts'
import { locateFile, OutsidePath } from './files/locate.ts'
import { codeOf, stopped } from './network/trouble.ts'
import { quoted } from './options/reference.ts'
import { sabotageFreshness } from './sabotage/freshness.ts'

/** Where evidence of gatekit and of others says when it was made, and until when it counts. */
const madeAt = ['$.finishedAt', '$.drilledAt', '$.timestamp', '$.createdAt', '$.created_at', '$.date']
const validUntil = ['$.gatekit.validUntil', '$.validUntil', '$.valid_until']

const options = z.strictObject({
  evidence: z.string().min(1).describe('A JSON file, relative to the project'),
  maxAge: durationSchema,
  at: jsonPathSchema.optional().describe('Where its time stands; default: finishedAt, timestamp, createdAt …'),
  commit: jsonPathSchema.optional().describe('Where its commit stands; it must be the one that is judged'),
  signedBy: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Signers or roles, one of whom signed it: FILE.sig, made with ssh-keygen -Y sign -n gatekit'),
  expect: z.strictObject({ json: jsonExpectation }),
})

type Options = z.output<typeof options>

/** Evidence that is young enough by the time inside it; a file's own date says only when it was copied here. */
export const freshnessCheck = defineCheck({
  type: 'freshness',
  sabotage: sabotageFreshness,
  summary: 'Judges evidence that something else left: its age by its own words, its commit, its signature, its content',
  options,
  example: {
    evidence: 'qa/restore/latest.json',
    maxAge: '8d',
    expect: { json: { '$.status': 'PASS' } },
  },
  run: async (options, context): Promise<Outcome> => ({
    reproduce: [`cat ${quoted(options.evidence)}`],
    ...(await look(options, context)),
  }),
})

async function look(options: Options, context: CheckContext): Promise<Outcome> {
  let text: string
  try {
    text = await readText(await locateFile(options.evidence, { rootDir: context.rootDir, within: [] }))
  } catch (error) {
    if (context.signal.aborted) return stopped(options.evidence, context.signal)
    if (error instanceof OutsidePath || error instanceof FileTooLong) return undecided(error.message)
    const code = codeOf(error)
    if (!code) throw error
    if (code === 'ENOENT' || code === 'ENOTDIR') return noData(`${options.evidence} is not there: no evidence`)
    return undecided(`${options.evidence} cannot be read (${code})`)
  }
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return undecided(`${options.evidence} is not JSON`)
  }
  const unsigned = options.signedBy && (await signatureFinding(options, text, context))
  if (unsigned) return fail(`${options.evidence}: ${unsigned.actual}`, [unsigned])
  return judge(options, document, context)
}

function judge(options: Options, document: unknown, context: CheckContext): Outcome {
  const now = context.clock.now()
  const time = firstTime(document, options.at ? [options.at] : madeAt)
  if (time === undefined) return undecided(`${options.evidence} does not say when it was made`)
  const age = now - time
  const details = { madeAt: new Date(time).toISOString(), age: formatDuration(Math.max(0, age)) }
  const stale = (subject: string, expected: string, actual: string): Outcome => ({
    status: 'STALE',
    reason: `${options.evidence}: ${actual}`,
    details,
    findings: [{ subject, expected, actual }],
  })
  if (age < -allowedSkewMs)
    return fail(
      `${options.evidence} is from the future`,
      [{ subject: 'time', expected: 'not in the future', actual: details.madeAt }],
      details,
    )
  const findings = judgeJson(document, options.expect.json)
  if (findings.length > 0) return fail(`${options.evidence}: ${findings.length} not as expected`, findings, details)
  const until = firstTime(document, validUntil)
  if (until !== undefined && until <= now)
    return stale('valid until', 'a time to come', `expired on ${new Date(until).toISOString()}`)
  if (age > parseDuration(options.maxAge)!) return stale('age', `at most ${options.maxAge}`, `${details.age} old`)
  if (!options.commit) return pass(details)
  const commit = selectJson(document, options.commit)[0]?.value
  if (context.git.sha === undefined)
    return undecided('the commit is not known: this is no git checkout', 'other', details)
  if (commit === context.git.sha) return pass({ ...details, commit })
  return stale('commit', context.git.sha, `about commit ${String(commit ?? 'nothing').slice(0, 40)}`)
}

function firstTime(document: unknown, paths: readonly string[]): number | undefined {
  for (const path of paths) {
    const time = parseTimestamp(selectJson(document, path)[0]?.value)
    if (time) return time.ms
  }
  return undefined
}

/** What is wrong with the signature beside the evidence; nothing when one of those who may has signed these very bytes. */
async function signatureFinding(
  { evidence, signedBy = [] }: Options,
  text: string,
  { rootDir, signers }: CheckContext,
): Promise<Finding | undefined> {
  const expected = `signed by ${signedBy.join(' or ')}`
  const allowed = signersNamed(signers, signedBy)
  if (allowed.length === 0)
    return { subject: 'signature', expected, actual: `no signer of gatekit.yaml is ${signedBy.join(' or ')}` }
  const file = await locateFile(`${evidence}.sig`, { rootDir, within: [] })
  const signature = await readText(file, 64 * 1024).catch(() => undefined)
  if (signature === undefined)
    return { subject: 'signature', expected, actual: `${evidence}.sig is not there: unsigned` }
  for (const signer of allowed) if (await verifyText(text, signature, signer)) return undefined
  return { subject: 'signature', expected, actual: 'the signature is of none of them, or the file was edited' }
}

import { z } from 'zod'
import { concludeApprovals, judgeApprovals } from '../evidence/approval.ts'
import { readAttestations } from '../evidence/attestation.ts'
import { durationSchema, parseDuration } from '../kernel/duration.ts'
import { defineCheck, noData, type Outcome } from './define.ts'
import { sha256Of } from './files/content.ts'
import { locateFile } from './files/locate.ts'
import { sabotageAttest } from './sabotage/attest.ts'

const evidence = z.union([
  z.strictObject({ url: z.url({ protocol: /^https$/, error: 'expected an https:// URL' }) }),
  z.strictObject({ file: z.string().min(1) }),
])

const options = z.strictObject({
  statement: z.string().trim().min(8).describe('The words that are signed'),
  by: z
    .strictObject({
      role: z.string().min(1).optional(),
      count: z.int().min(1).default(1),
      notAuthor: z.boolean().default(true).describe('Nobody approves a commit of their own'),
    })
    .prefault({}),
  bind: z
    .union([z.literal('git.sha'), z.strictObject({ file: z.string().min(1) })], {
      error: 'expected git.sha or { file: … }',
    })
    .default('git.sha')
    .describe('What is approved: this commit, or these bytes'),
  expires: durationSchema.describe('How long after signing it counts'),
  evidence: z.array(evidence).default([]).describe('What a signer looks at; files are hashed when it is signed'),
})

export type AttestOptions = z.output<typeof options>

/** What only people can say: signed by N of those who may, none of them the author, about exactly this commit, and not for ever. */
export const attestCheck = defineCheck({
  type: 'attest',
  sabotage: sabotageAttest,
  summary: 'Counts signed statements of people: who, how many, about which commit, until when',
  options,
  example: {
    statement: 'The rollback of this release was rehearsed',
    by: { role: 'release-manager', count: 2 },
    expires: '24h',
    evidence: [{ file: 'docs/rollback.md' }],
  },
  async run(options, context): Promise<Outcome> {
    const reproduce = [`gatekit attest ${context.id} --as NAME`]
    const digest = await digestOf(options.bind, context)
    if (digest === undefined) {
      const what =
        options.bind === 'git.sha'
          ? 'there is no commit here; commit, or bind the approval to a file'
          : `${options.bind.file} is not there`
      return { ...noData(`nothing to be approved: ${what}`), reproduce }
    }
    const requirement = {
      check: context.id,
      statement: options.statement,
      digest,
      role: options.by.role,
      count: options.by.count,
      notAuthor: options.by.notAuthor,
      expiresMs: parseDuration(options.expires)!,
      evidence: await evidenceDigests(options.evidence, context),
    }
    const kept = await readAttestations(context.rootDir, context.id)
    const facts = { signers: context.signers, authors: context.git.authors, now: context.clock.now() }
    const approvals = await judgeApprovals(kept, requirement, facts)
    const { status, reason } = concludeApprovals(approvals, options.by.count)
    const details = {
      statement: options.statement,
      about: digest,
      needed: options.by.count,
      approvals: approvals.map(({ signer, state, expiresAt }) => ({ signer, state, ...(expiresAt && { expiresAt }) })),
    }
    const findings = approvals
      .filter(({ state }) => state !== 'valid')
      .map(({ path, text }) => ({ subject: path, expected: 'a valid approval', actual: text }))
    return { status, ...(reason && { reason }), details, ...(status !== 'PASS' && { findings }), reproduce }
  },
})

type World = Pick<Parameters<typeof attestCheck.run>[1], 'rootDir' | 'signal' | 'git'>

/** The commit, or the SHA-256 of the file that is approved; undefined when there is none. */
export async function digestOf(bind: AttestOptions['bind'], world: World): Promise<string | undefined> {
  return bind === 'git.sha' ? world.git.sha : fileDigest(bind.file, world)
}

/** SHA-256 of each file that a signer is shown; links are named, not fetched. */
export async function evidenceDigests(
  evidence: AttestOptions['evidence'],
  world: World,
): Promise<Map<string, string | undefined>> {
  const entries = evidence.map(
    async (one): Promise<[string, string | undefined]> =>
      'url' in one ? [one.url, undefined] : [one.file, await fileDigest(one.file, world)],
  )
  return new Map(await Promise.all(entries))
}

async function fileDigest(path: string, { rootDir, signal }: World): Promise<string | undefined> {
  const file = await locateFile(path, { rootDir, within: [] })
  return sha256Of(file, signal).catch((error) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  })
}

import type { Signer } from '../config/signer.ts'
import { allowedSkewMs } from '../kernel/clock.ts'
import { isSignedBy, type KeptAttestation } from './attestation.ts'

export interface Requirement {
  check: string
  /** The words that are signed. */
  statement: string
  /** The commit or the SHA-256 that is spoken of. */
  digest: string
  role?: string | undefined
  /** Signers that are needed. */
  count: number
  notAuthor: boolean
  /** Milliseconds after signing. */
  expiresMs: number
  /** SHA-256 now of the evidence that was shown when it was signed, by name; undefined for what is gone. */
  evidence: ReadonlyMap<string, string | undefined>
}

export interface Facts {
  signers: Readonly<Record<string, Signer>>
  /** Names and addresses of those who wrote the commit. */
  authors: readonly string[]
  /** Epoch milliseconds. */
  now: number
}

export interface Approval {
  signer: string
  /** `valid`, or why it does not count. */
  state:
    | 'valid'
    | 'forged'
    | 'unknown-signer'
    | 'wrong-role'
    | 'author'
    | 'other-subject'
    | 'other-words'
    | 'expired'
    | 'future'
    | 'changed-evidence'
    | 'unreadable'
  path: string
  /** A sentence for people. */
  text: string
  expiresAt?: string
}

/** What each statement is worth today. The order of the questions is that of their weight: a forged one is never called merely old. */
export async function judgeApprovals(
  kept: readonly KeptAttestation[],
  requirement: Requirement,
  facts: Facts,
): Promise<Approval[]> {
  return Promise.all(kept.map((one) => judgeOne(one, requirement, facts)))
}

async function judgeOne(
  { path, attestation }: KeptAttestation,
  requirement: Requirement,
  facts: Facts,
): Promise<Approval> {
  if (!attestation) return { signer: '?', state: 'unreadable', path, text: `${path} is not an attestation` }
  const { predicate, subject } = attestation.statement
  const { signer, signedAt } = predicate
  const known = Object.hasOwn(facts.signers, signer) ? facts.signers[signer] : undefined
  const expires = Date.parse(signedAt) + requirement.expiresMs
  const say = (state: Approval['state'], text: string): Approval => ({
    signer,
    state,
    path,
    text: `${signer}: ${text}`,
    expiresAt: new Date(expires).toISOString(),
  })
  if (!known) return say('unknown-signer', 'is not among the signers of gatekit.yaml')
  if (!(await isSignedBy(attestation, known))) return say('forged', `the signature in ${path} is not theirs`)
  if (predicate.check !== requirement.check) return say('other-words', `spoke of ${predicate.check}`)
  if (!Object.values(subject[0]!.digest).includes(requirement.digest)) {
    return say(
      'other-subject',
      `spoke of ${Object.values(subject[0]!.digest)[0]?.slice(0, 12)}, not of ${requirement.digest.slice(0, 12)}`,
    )
  }
  if (predicate.statement !== requirement.statement) return say('other-words', 'signed other words')
  if (requirement.role && !known.roles.includes(requirement.role)) return say('wrong-role', `is no ${requirement.role}`)
  if (requirement.notAuthor && isAuthor(signer, known, facts.authors)) return say('author', 'wrote this commit')
  if (Date.parse(signedAt) > facts.now + allowedSkewMs) return say('future', `signed in the future (${signedAt})`)
  if (expires <= facts.now) return say('expired', `expired on ${new Date(expires).toISOString()}`)
  const changed = predicate.evidence.find(({ name, sha256 }) => sha256 && requirement.evidence.get(name) !== sha256)
  if (changed) return say('changed-evidence', `${changed.name} is not what was shown when it was signed`)
  return say('valid', `signed on ${signedAt}`)
}

const isAuthor = (name: string, { emails }: Signer, authors: readonly string[]): boolean => {
  const own = [name, ...emails].map((one) => one.toLowerCase())
  return authors.some((author) => own.includes(author.toLowerCase()))
}

export type Conclusion = { status: 'PASS' | 'FAIL' | 'STALE' | 'NO_DATA'; reason?: string }

/** Attestations whose mere presence is an alarm: someone tried. */
const alarming: readonly Approval['state'][] = ['forged', 'unreadable', 'unknown-signer']
const old: readonly Approval['state'][] = ['expired', 'other-subject', 'changed-evidence']

/** N different signers make it so; what is missing decides between FAIL, STALE and NO_DATA. */
export function concludeApprovals(approvals: readonly Approval[], count: number): Conclusion {
  const alarms = approvals.filter(({ state }) => alarming.includes(state))
  if (alarms.length > 0) return { status: 'FAIL', reason: alarms.map(({ text }) => text).join('; ') }
  const valid = new Set(approvals.filter(({ state }) => state === 'valid').map(({ signer }) => signer))
  if (valid.size >= count) return { status: 'PASS' }
  const others = approvals.filter(({ state }) => state !== 'valid')
  const told = others.map(({ text }) => text).join('; ')
  const have = `${valid.size} of ${count} approvals${told && ` (${told})`}`
  if (approvals.length === 0) return { status: 'NO_DATA', reason: `0 of ${count} approvals: nobody has signed this` }
  const isOnlyOld = others.length > 0 && others.every(({ state }) => old.includes(state))
  return { status: isOnlyOld ? 'STALE' : 'FAIL', reason: have }
}

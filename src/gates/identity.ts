import { type Identity, parseIdentityTimeout } from '../config/environment.ts'
import type { GitFacts } from './scope.ts'

/** Asks a running target which build it is; throws when it cannot be asked. */
export type Identify = (identity: Identity, baseUrl: string, signal: AbortSignal) => Promise<string>

export interface IdentityResult {
  /** What the target said. */
  build?: string
  /** Why the run must not go on. */
  problem?: string
}

const isLoopback = (url: string): boolean => /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(url).hostname)

export interface IdentityCase {
  identity: Identity | undefined
  baseUrl: string | undefined
  git: GitFacts
  offline: boolean
  identify: Identify
  signal: AbortSignal
}

/** A result is worth nothing when another build was tested: the target must be the commit that is being judged. */
export async function checkIdentity({
  identity,
  baseUrl,
  git,
  offline,
  identify,
  signal,
}: IdentityCase): Promise<IdentityResult> {
  if (!identity) return {}
  if (baseUrl === undefined) return { problem: 'the environment has an identity and no baseUrl to ask' }
  if (offline && !isLoopback(baseUrl))
    return { problem: `${new URL(baseUrl).host} must not be contacted with --offline` }
  const wanted = identity.equals === 'git.sha' ? git.sha : identity.equals
  if (!wanted) return { problem: 'the commit to compare with is unknown: run in a git checkout, or set GITHUB_SHA' }
  const timeout = AbortSignal.timeout(parseIdentityTimeout(identity))
  try {
    const build = await identify(identity, baseUrl, AbortSignal.any([signal, timeout]))
    return isSameBuild(build, wanted) ? { build } : { build, problem: `${baseUrl} runs ${build}, not ${wanted}` }
  } catch (error) {
    return { problem: `${baseUrl}${identity.path} did not tell its build: ${reasonOf(error)}` }
  }
}

/** A short commit id of at least seven characters names the long one. */
export function isSameBuild(told: string, wanted: string): boolean {
  const [a, b] = [told.toLowerCase(), wanted.toLowerCase()]
  if (a === b) return true
  return Math.min(a.length, b.length) >= 7 && /^[0-9a-f]+$/.test(a) && (a.startsWith(b) || b.startsWith(a))
}

/** GET of the identity path; redirects are not followed: they lead to another target. */
export const identifyByHttp: Identify = async ({ path, sha }, baseUrl, signal) => {
  const response = await fetch(`${baseUrl}${path}`, {
    signal,
    redirect: 'manual',
    headers: { accept: 'application/json' },
  })
  if (!response.ok) throw new Error(`status ${response.status}`)
  const text = await boundedText(response)
  const told = sha
    .slice(2)
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], JSON.parse(text))
  if (typeof told !== 'string' || told === '') throw new Error(`${sha} is not there`)
  return told.slice(0, 200)
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > 64 * 1024) throw new Error('the answer is over 64 KiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string } }).cause?.code
  return cause ?? (error instanceof Error ? error.message : String(error))
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { GitFacts } from './scope.ts'

const run = promisify(execFile)

/** What git, or failing that the CI system, says about the commit in a folder; facts that nobody knows are absent. */
export async function readGit(cwd: string, variables: Record<string, string | undefined> = {}): Promise<GitFacts> {
  const [sha, branch, status, people] = await Promise.all([
    ask(cwd, 'rev-parse', 'HEAD'),
    ask(cwd, 'rev-parse', '--abbrev-ref', 'HEAD'),
    ask(cwd, 'status', '--porcelain', '--untracked-files=no'),
    ask(cwd, 'log', '-1', '--format=%an%n%ae%n%cn%n%ce%n%(trailers:key=Co-authored-by,valueonly)'),
  ])
  const commit = sha || variables.GITHUB_SHA || variables.CI_COMMIT_SHA
  const ref = branch && branch !== 'HEAD' ? branch : (variables.GITHUB_REF_NAME ?? variables.CI_COMMIT_REF_NAME)
  const [author, ...others] = (people ?? '').split('\n')
  return {
    ...(commit && { sha: commit }),
    ...(ref && { branch: ref }),
    ...(status !== undefined && { dirty: status !== '' }),
    ...(author && { author, authors: [author, ...others.flatMap(namesIn)] }),
  }
}

async function ask(cwd: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', ['--no-optional-locks', ...args], {
      cwd,
      timeout: 5000,
      maxBuffer: 1024 * 1024,
    })
    return stdout.trim()
  } catch {
    return undefined
  }
}

/** `Ann Lee <ann@example.com>` as the name and the address; anything else as it is. */
function namesIn(line: string): string[] {
  const match = /^(.*?)\s*<([^<>]+)>$/.exec(line.trim())
  return (match ? [match[1]!, match[2]!] : [line.trim()]).filter((part) => part !== '')
}

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fresh SSH key pair; the private key's path and the public line for gatekit.yaml. */
export function makeKey(dir: string, name: string): { keyFile: string; publicKey: string } {
  mkdirSync(dir, { recursive: true })
  const keyFile = join(dir, name)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${name}@example.com`, '-f', keyFile])
  return { keyFile, publicKey: readFileSync(`${keyFile}.pub`, 'utf8').trim() }
}

const person = (name: string) => ({
  GIT_AUTHOR_NAME: name,
  GIT_AUTHOR_EMAIL: `${name}@example.com`,
  GIT_COMMITTER_NAME: name,
  GIT_COMMITTER_EMAIL: `${name}@example.com`,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
})

/** Runs git in a folder as somebody; what it prints. */
export const git = (cwd: string, as: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd, env: { ...process.env, ...person(as) }, encoding: 'utf8' }).trim()

/** Commits everything in a folder as `author`, in a repository that is made when there is none; the commit's id. */
export function commitAll(cwd: string, author: string, message: string): string {
  git(cwd, author, 'init', '-q')
  git(cwd, author, 'add', '-A')
  git(cwd, author, 'commit', '-q', '--allow-empty', '-m', message)
  return git(cwd, author, 'rev-parse', 'HEAD')
}

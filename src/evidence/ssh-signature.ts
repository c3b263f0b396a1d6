import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Signer } from '../config/signer.ts'
import { GatekitError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'

const run = promisify(execFile)

/** Keeps a signature made for one purpose from being shown for another (ssh-keygen(1), -n). */
export const namespace = 'gatekit'

/** `ssh-keygen` reads and writes files beside each other, so each call has a folder of its own that nobody else may read. */
async function inPrivateFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-sign-'))
  try {
    return await work(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

const noProgram = new GatekitError(
  { title: 'ssh-keygen was not found', remedy: 'install the OpenSSH client (Debian: apt-get install openssh-client)' },
  exitCodes.undecided,
)

/** Signs a text with a private key, or with the agent's half of a public one; the armoured signature. Throws a usage error that says why not. */
export function signText(text: string, keyFile: string): Promise<string> {
  return inPrivateFolder(async (dir) => {
    const message = join(dir, 'message')
    await writeFile(message, text, { mode: 0o600 })
    try {
      await run('ssh-keygen', ['-Y', 'sign', '-q', '-f', keyFile, '-n', namespace, message], { timeout: 60_000 })
    } catch (error) {
      if (isMissing(error)) throw noProgram
      const [said = ''] = String((error as { stderr?: string }).stderr ?? '')
        .trim()
        .split('\n')
      throw new GatekitError({
        title: `${keyFile} cannot sign${said && `: ${said}`}`,
        remedy: 'name a private SSH key with --key, or load it into the agent and name its public half',
      })
    }
    return readFile(`${message}.sig`, 'utf8')
  })
}

/** Whether `signature` is this signer's over exactly these bytes. Throws only when `ssh-keygen` itself is not there. */
export function verifyText(text: string, signature: string, signer: Signer): Promise<boolean> {
  return inPrivateFolder(async (dir) => {
    const [type, key] = signer.key.split(' ')
    await writeFile(join(dir, 'allowed'), `signer namespaces="${namespace}" ${type} ${key}\n`, { mode: 0o600 })
    await writeFile(join(dir, 'signature'), signature, { mode: 0o600 })
    const child = run(
      'ssh-keygen',
      ['-Y', 'verify', '-f', join(dir, 'allowed'), '-I', 'signer', '-n', namespace, '-s', join(dir, 'signature')],
      { timeout: 20_000 },
    )
    child.child.stdin?.on('error', () => {})
    child.child.stdin?.end(text)
    try {
      await child
      return true
    } catch (error) {
      if (isMissing(error)) throw noProgram
      return false
    }
  })
}

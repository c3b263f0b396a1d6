import { execFile } from 'node:child_process'
import { chown, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { EngineContext } from '../engines/define.ts'
import { stop } from '../findings.ts'
import type { Account } from './account.ts'

/** Bootstrap superuser of a scratch cluster: no role of a backup is named like it, so `postgres` of a backup is an ordinary role here. */
export const superuserName = 'gatekit_superuser'

/** Makes a cluster in `dataDir`; the password goes through a file that only the server's account can read, never through arguments. */
export async function initCluster(
  {
    binDir,
    dataDir,
    account,
    password,
  }: { binDir: string; dataDir: string; account: Account | undefined; password: string },
  { scratchDir, env, signal }: Pick<EngineContext, 'scratchDir' | 'env' | 'signal'>,
): Promise<void> {
  const passwordFile = join(scratchDir, 'password')
  await mkdir(dataDir, { mode: 0o700 })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (account) for (const path of [scratchDir, dataDir, passwordFile]) await chown(path, account.uid, account.gid)
  const args = [
    ...['-D', dataDir, '-U', superuserName, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
    ...['-E', 'UTF8', '--locale=C', '-N', '--no-instructions'],
  ]
  const options = { cwd: scratchDir, env: { PATH: env.PATH ?? '', LC_ALL: 'C' }, signal, ...account }
  try {
    await promisify(execFile)(join(binDir, 'initdb'), args, options)
  } catch (error) {
    signal.throwIfAborted()
    const { stderr = '', message } = error as Error & { stderr?: string }
    const reason = /(?:error|FATAL): ([^\n]*)/.exec(stderr)?.[1] ?? message.split('\n')[0]
    const code = /No space left/.test(stderr) ? 'NO_SPACE' : 'ENGINE_UNAVAILABLE'
    throw stop(code, 'provision', `initdb failed: ${reason}`)
  } finally {
    await rm(passwordFile, { force: true })
  }
}

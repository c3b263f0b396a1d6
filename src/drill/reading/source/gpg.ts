import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadOptions } from '../define.ts'
import { BrokenBackup } from './broken.ts'
import type { Bytes } from './bytes.ts'
import { loadKey, loadPassphrase } from './keys.ts'

/** Decrypts an OpenPGP message with the gpg program, in a home of its own: keys of the user are neither seen nor touched. */
export async function* openGpg(bytes: Bytes, { decrypt = {}, env = process.env }: ReadOptions): AsyncGenerator<Buffer> {
  const key = await loadKey(decrypt.gpgKey, env)
  const passphrase = await loadPassphrase(decrypt.gpgPassphrase, env)
  if (key === undefined && passphrase === undefined)
    throw new BrokenBackup('ENCRYPTED_NO_KEY', 'encrypted with gpg, and neither a key nor a passphrase is given', 'gpg')
  const home = await mkdtemp(join(tmpdir(), 'gatekit-gpg-'))
  try {
    await chmod(home, 0o700)
    const gpg = new Gpg(home, env)
    if (key !== undefined) await gpg.importKey(key, passphrase)
    yield* gpg.decrypt(bytes, passphrase)
  } finally {
    await endAgent(home, env)
    await rm(home, { recursive: true, force: true })
  }
}

class Gpg {
  constructor(
    private readonly home: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  async importKey(key: string, passphrase: string | undefined): Promise<void> {
    const child = this.#start(['--import'], passphrase)
    child.stdin?.end(key)
    child.stdout?.resume()
    const { code } = await this.#ended(child)
    if (code !== 0) throw new BrokenBackup('DECRYPT_FAILED', 'gpg does not take the key that is given', 'gpg')
  }

  async *decrypt(bytes: Bytes, passphrase: string | undefined): AsyncGenerator<Buffer> {
    const child = this.#start(['--decrypt'], passphrase)
    const ended = this.#ended(child)
    let failure: unknown
    const fed = pipeline(Readable.from(bytes, { objectMode: false }), child.stdin as NodeJS.WritableStream).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') failure = error
      },
    )
    try {
      for await (const chunk of child.stdout as Readable) yield chunk as Buffer
      const { code, said } = await ended
      await fed
      if (failure) throw failure
      if (code !== 0) throw named(said)
    } finally {
      child.kill('SIGKILL')
      await ended
      await fed
    }
  }

  /** The passphrase goes through a descriptor of its own: arguments and environments can be seen by others. */
  #start(command: string[], passphrase: string | undefined): ChildProcess {
    const secret = passphrase === undefined ? [] : ['--pinentry-mode', 'loopback', '--passphrase-fd', '3']
    const settings = [
      '--homedir',
      this.home,
      '--batch',
      '--no-tty',
      '--quiet',
      '--yes',
      '--status-fd',
      '2',
      '--no-options',
      '--trust-model',
      'always',
    ]
    const child = spawn('gpg', [...settings, ...secret, ...command], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: { PATH: this.env.PATH ?? process.env.PATH ?? '', LC_ALL: 'C' },
    })
    const channel = child.stdio[3] as NodeJS.WritableStream
    channel.on('error', () => undefined)
    channel.end(passphrase === undefined ? '' : `${passphrase}\n`)
    child.stdin?.on('error', () => undefined)
    return child
  }

  async #ended(child: ChildProcess): Promise<{ code: number | null; said: string }> {
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-8000)
    })
    try {
      const [code] = (await once(child, 'close')) as [number | null]
      return { code, said }
    } catch (error) {
      throw new BrokenBackup('ENCRYPTED_NO_KEY', 'encrypted with gpg, and there is no gpg program to open it', 'gpg', {
        cause: error,
      })
    }
  }
}

function named(said: string): BrokenBackup {
  if (
    /\[GNUPG:\] (NO_SECKEY|DECRYPTION_FAILED)|bad passphrase|no secret key|Bad session key/i.test(said) &&
    !/DECRYPTION_OKAY|GOODMDC/.test(said)
  ) {
    const isDamaged = /BADMDC|invalid packet|premature eof|invalid radix64|crc error/i.test(said)
    if (!isDamaged) return new BrokenBackup('DECRYPT_FAILED', 'gpg does not open it with the key that is given', 'gpg')
  }
  const isShort = /premature|unexpected end|eof/i.test(said)
  return new BrokenBackup(
    isShort ? 'TRUNCATED' : 'CORRUPT',
    `the encrypted data is ${isShort ? 'cut off' : 'damaged'}`,
    'gpg',
  )
}

/** gpg starts an agent of its own for the home; it goes with it. */
async function endAgent(home: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn('gpgconf', ['--homedir', home, '--kill', 'all'], {
    stdio: 'ignore',
    env: { PATH: env.PATH ?? process.env.PATH ?? '' },
  })
  await once(child, 'close').catch(() => undefined)
}

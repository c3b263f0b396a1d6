import { ReadableStream } from 'node:stream/web'
import { Decrypter } from 'age-encryption'
import type { ReadOptions } from '../define.ts'
import { BrokenBackup } from './broken.ts'
import { type Bytes, peek } from './bytes.ts'
import { loadKey, loadPassphrase } from './keys.ts'

const armorBegin = '-----BEGIN AGE ENCRYPTED FILE-----'

/** Decrypts a file of age with an identity (`AGE-SECRET-KEY-…` lines) or a passphrase. Every part is authenticated before it is handed over. */
export async function* openAge(bytes: Bytes, { decrypt = {}, env = process.env }: ReadOptions): AsyncGenerator<Buffer> {
  const decrypter = new Decrypter()
  const identities = (await loadKey(decrypt.ageIdentity, env))?.match(/^AGE-SECRET-KEY-\S+$/gm) ?? []
  for (const identity of identities) decrypter.addIdentity(identity)
  const passphrase = await loadPassphrase(decrypt.agePassphrase, env)
  if (passphrase !== undefined) decrypter.addPassphrase(passphrase)
  if (identities.length === 0 && passphrase === undefined)
    throw new BrokenBackup(
      'ENCRYPTED_NO_KEY',
      'encrypted with age, and neither an identity nor a passphrase is given',
      'age',
    )
  const { head, bytes: whole } = await peek(bytes, armorBegin.length)
  const binary = head.toString('latin1') === armorBegin ? withoutArmor(whole) : whole
  yield* decrypted(decrypter, binary)
}

async function* decrypted(decrypter: Decrypter, bytes: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let failure: unknown
  const stream = streamOf(bytes, (error) => {
    failure = error
  })
  let isOpen = false
  try {
    const plain = (await decrypter.decrypt(stream as never)) as unknown as AsyncIterable<Uint8Array>
    isOpen = true
    for await (const part of plain) yield Buffer.from(part)
  } catch (error) {
    throw failure ?? named(error, isOpen)
  } finally {
    await bytes.return(undefined)
  }
}

function named(error: unknown, isOpen: boolean): BrokenBackup {
  const { message } = error as Error
  if (!isOpen)
    return new BrokenBackup('DECRYPT_FAILED', `age does not open with the key that is given (${message})`, 'age', {
      cause: error,
    })
  const isShort = /truncat|final|eof|ended|too short|empty/i.test(message)
  return new BrokenBackup(
    isShort ? 'TRUNCATED' : 'CORRUPT',
    `the encrypted data is ${isShort ? 'cut off' : 'damaged'} (${message})`,
    'age',
    { cause: error },
  )
}

function streamOf(bytes: AsyncGenerator<Buffer>, failed: (error: unknown) => void): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await bytes.next()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        failed(error)
        controller.error(error)
      }
    },
    async cancel() {
      await bytes.return(undefined)
    },
  })
}

/** The base64 between the lines of the armor. */
async function* withoutArmor(bytes: Bytes): AsyncGenerator<Buffer> {
  let text = ''
  for await (const chunk of bytes) {
    text += chunk.toString('latin1')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    text = text.slice(whole.length)
    const base64 = whole.replace(/^-----.*$/gm, '').replace(/\s/g, '')
    // Lines of armor are 64 characters but for the last, so that they end on whole bytes.
    if (base64 !== '') yield Buffer.from(base64, 'base64')
  }
  const rest = text.replace(/^-----.*$/gm, '').replace(/\s/g, '')
  if (rest !== '') yield Buffer.from(rest, 'base64')
}

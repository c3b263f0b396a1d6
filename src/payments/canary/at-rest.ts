import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createMatcher } from '../../kernel/multimatch.ts'
import { signalGroup } from '../../kernel/process-group.ts'
import { formsOf } from '../../kernel/secret-forms.ts'
import type { Observers } from '../contract/observers.ts'
import { Unmeasurable } from '../rig/stand.ts'
import type { EnvironmentChanges } from '../target/types.ts'

type Dump = NonNullable<Observers['dump']>

/** A key is longer than what two chunks could cut it into unseen. */
const overlapBytes = 1024
const commandMs = 30_000

/** `sk_test_51` and a few characters that are the same by chance. */
const commonBytes = 14

interface Looking {
  env: EnvironmentChanges
  /** Files that have not changed since then cannot hold it; epoch milliseconds. */
  since: number
}

/**
 * How many bytes the data store shows, and in which form the secret is among them: all of it, or its middle. Where a row is changed,
 * PostgreSQL logs the new one without the beginning and end that it has in common with the old one, and all keys begin alike.
 */
export async function findAtRest(
  dump: Dump,
  secret: string,
  dir: string,
  { env, since }: Looking,
): Promise<{ bytes: number; form?: string }> {
  const forms = [secret, secret.slice(commonBytes, -commonBytes)].flatMap(formsOf)
  const matcher = createMatcher(forms.map(({ bytes }) => bytes))
  const formIn = (bytes: Uint8Array): string | undefined => {
    for (const { index } of matcher.find(bytes)) return forms[index]?.encoding
    return undefined
  }
  if (dump.command !== undefined) return formInOutput(dump.command, dir, env, formIn)
  let bytes = 0
  for (const path of (await Promise.all((dump.files ?? []).map((file) => filesUnder(resolve(dir, file))))).flat()) {
    const found = await stat(path).catch(() => undefined)
    bytes += found?.size ?? 0
    if (!found || found.mtimeMs < since - 2_000) continue
    const form = await formInFile(path, formIn)
    if (form) return { bytes, form }
  }
  return { bytes }
}

async function formInFile(
  path: string,
  formIn: (bytes: Uint8Array) => string | undefined,
): Promise<string | undefined> {
  let rest = Buffer.alloc(0)
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 4 * 1024 * 1024 })) {
      const bytes = Buffer.concat([rest, chunk as Buffer])
      const form = formIn(bytes)
      if (form) return form
      rest = bytes.subarray(-overlapBytes)
    }
  } catch {
    // A file that went away while it was read holds nothing any more.
  }
  return undefined
}

/** What a command prints, looked through as it comes: a dump may be of any size. */
async function formInOutput(
  command: string,
  cwd: string,
  env: EnvironmentChanges,
  formIn: (bytes: Uint8Array) => string | undefined,
): Promise<{ bytes: number; form?: string }> {
  const child = spawn('sh', ['-c', command], {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const timer = setTimeout(() => child.pid && signalGroup(child.pid, 'SIGKILL'), commandMs)
  const ended = new Promise<number | null>((done) => {
    child.once('error', () => done(null))
    child.once('exit', done)
  })
  let bytes = 0
  let form: string | undefined
  let rest = Buffer.alloc(0)
  for await (const chunk of child.stdout) {
    const seen = Buffer.concat([rest, chunk as Buffer])
    bytes += (chunk as Buffer).length
    form ??= formIn(seen)
    rest = seen.subarray(-overlapBytes)
  }
  const code = await ended
  clearTimeout(timer)
  if (code !== 0) throw new Unmeasurable(`observe.dump ended with ${code ?? 'no exit code'}`)
  return { bytes, ...(form && { form }) }
}

async function filesUnder(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return []
  if (found.isFile()) return [path]
  if (!found.isDirectory()) return []
  return (await Promise.all((await readdir(path)).map((name) => filesUnder(join(path, name))))).flat()
}

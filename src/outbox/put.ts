import { checkKey, checkMessage, checkText } from './accept.ts'
import { fingerprintOf, flagsOf, type OutboxEntry, type OutboxMessage } from './entry.ts'
import { asStorageError, OutboxError } from './errors.ts'
import type { Ground } from './ground.ts'
import { parseEntry, refresh } from './view.ts'

export interface PutResult {
  id: string
  /** As the outbox's folder was given, joined with the file's name; stays valid whatever becomes of the message. */
  path: string
  entry: OutboxEntry
  /** The key was used before for the same message: this is the first entry, nothing new was written. */
  replayed: boolean
}

const maxTries = 20

/**
 * Puts a message, once per key across all processes. On return it survives a power cut. Throws `E_MESSAGE`, `E_KEY_REUSED`, or
 * `E_STORAGE` with nothing half-written.
 */
export async function put(ground: Ground, message: OutboxMessage, key: string | undefined): Promise<PutResult> {
  checkMessage(message)
  if (key !== undefined) checkKey(key)
  // Also takes out of the data what JSON cannot hold, so that the fingerprint is of what is stored.
  const plain = { ...message, data: JSON.parse(checkText(message.data)) as Record<string, unknown> }
  try {
    return await putChecked(ground, plain, key)
  } catch (error) {
    throw asStorageError(error, ground.dir)
  }
}

async function putChecked(ground: Ground, message: OutboxMessage, key: string | undefined): Promise<PutResult> {
  const fingerprint = fingerprintOf(message)
  for (let tries = 0; tries < maxTries; tries++) {
    const first = key === undefined ? undefined : await replay(ground, key, fingerprint)
    if (first) return first
    const added = await add(ground, createEntry(ground, message, key ?? null, fingerprint))
    if (added) return added
  }
  throw new OutboxError(
    'E_STORAGE',
    `outbox ${ground.dir}: no free name`,
    'check the random source given to openOutbox',
  )
}

/** Undefined when another entry has the name or the key meanwhile. */
async function add(
  { disk, layout, sync, pathOf, makeFolders }: Ground,
  entry: OutboxEntry,
): Promise<PutResult | undefined> {
  const text = checkText(entry)
  const temp = layout.writing(entry.id)
  const file = layout.entry(entry.id)
  await makeFolders()
  try {
    // Exclusive creation reserves the id: whoever else makes the same one fails here, or sees the finished entry below.
    await disk.write(temp, text)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    await disk.remove(temp).catch(() => {})
    throw error
  }
  try {
    if (await disk.exists(file)) return undefined
    if (entry.key !== null && !(await disk.link(temp, layout.key(entry.key)))) return undefined
    await link()
  } finally {
    await disk.remove(temp).catch(() => {})
  }
  await Promise.all([sync(layout.root), ...(entry.key === null ? [] : [sync(layout.keys)])])
  return { id: entry.id, path: pathOf(entry.id), entry, replayed: false }

  async function link(): Promise<void> {
    try {
      await disk.link(temp, file)
    } catch (error) {
      if (entry.key !== null) await disk.remove(layout.key(entry.key)).catch(() => {})
      throw error
    }
  }
}

/** The first entry under this key; puts its name back when a crash came between the two links. */
async function replay(ground: Ground, key: string, fingerprint: string): Promise<PutResult | undefined> {
  const { disk, layout, sync, pathOf } = ground
  const text = await disk.read(layout.key(key))
  const first = text === undefined ? undefined : parseEntry(text)
  if (!first) return undefined
  if (first.fingerprint !== fingerprint)
    throw new OutboxError(
      'E_KEY_REUSED',
      `key "${key}" was used for another message`,
      `use a new key, or send what ${pathOf(first.id)} holds`,
    )
  const file = layout.entry(first.id)
  if (await disk.link(layout.key(key), file)) await refresh(disk, layout, first, layout.writing(`${first.id}.view`))
  await sync(layout.root)
  const entry = parseEntry((await disk.read(file)) ?? '') ?? first
  return { id: first.id, path: pathOf(first.id), entry, replayed: true }
}

function createEntry(
  { clock, name }: Ground,
  message: OutboxMessage,
  key: string | null,
  fingerprint: string,
): OutboxEntry {
  const { to, template, subject, data, mode = 'mock' } = message
  return {
    to,
    template,
    subject,
    data,
    ...flagsOf(mode),
    ts: Math.floor(clock.now() / 1000),
    id: name(template),
    state: 'put',
    channel: message.channel ?? 'mail',
    mode,
    key,
    fingerprint,
    cause: message.cause ?? null,
    provider: message.provider ?? null,
    resendable: message.resendable ?? false,
    rendered: message.rendered ?? null,
    request: message.request ?? null,
    attempts: [],
  }
}

import { giveUp, isExpired } from './claim.ts'
import { entryText, fingerprintOf, type OutboxEntry, sha256 } from './entry.ts'
import { asStorageError } from './errors.ts'
import type { Ground } from './ground.ts'
import { parseLogName, timeOfId } from './layout.ts'
import { type Folder, readFolder } from './read.ts'
import { parseEntry, refresh, withLog } from './view.ts'

export type ProblemKind =
  /** Not JSON, or not an entry: no writer of this outbox leaves such a file. */
  | 'torn'
  | 'duplicate-key'
  /** The key is taken but its entry has no name: a crash between the two links. Healed by linking again. */
  | 'key-without-entry'
  | 'entry-without-key'
  /** Sending for longer than its lease. Healed to `unknown`, or left for a claim where repeating is safe. */
  | 'stuck'
  /** The outcome of sending is not known; a person decides. */
  | 'unknown'
  /** The file's view lags behind the log. Healed. */
  | 'stale-view'
  | 'leftover'
  | 'log-without-entry'
  /** The content does not fit its own fingerprint or name: edited or copied by hand. */
  | 'altered'
  | 'clock-backwards'

export interface OutboxProblem {
  kind: ProblemKind
  path: string
  detail: string
  healed: boolean
}

export interface Verification {
  /** Message files that were looked at. */
  entries: number
  /** Files in the first users' own scheme: readable, nothing to verify. */
  first: number
  problems: OutboxProblem[]
}

/** What is younger than this may be the work of a live writer, in milliseconds: between two steps, and on a temp file. */
const stepMs = 5_000
const writeMs = 60_000

/** Looks at every file; with `heal`, mends what has one safe answer. What a live writer is just doing is not a problem. */
export async function verify(ground: Ground, { heal = false }: { heal?: boolean }): Promise<Verification> {
  try {
    return await verifyFolder(ground, heal)
  } catch (error) {
    throw asStorageError(error, ground.dir)
  }
}

async function verifyFolder(ground: Ground, heal: boolean): Promise<Verification> {
  const { disk, layout, clock } = ground
  const problems: OutboxProblem[] = []
  const report = (kind: ProblemKind, path: string, detail: string, healed = false): void =>
    void problems.push({ kind, path: shown(path), detail, healed })

  // As the caller named the folder, so that the paths can be pasted.
  const shown = (path: string): string =>
    path.startsWith(layout.root) ? ground.dir + path.slice(layout.root.length) : path

  // Their logs are not orphans: the entry comes back.
  const lost = new Set<string>()
  await checkKeys()
  const folder = await readFolder(ground)
  checkOthers(folder)
  checkDuplicates(folder)
  for (const [index, entry] of folder.entries.entries()) await checkEntry(entry, folder.names[index] as string)
  await checkLog(new Set([...lost, ...folder.entries.map(({ id }) => id)]))
  await checkTemp()
  const first = folder.others.filter((other) => other.first).length
  return { entries: folder.entries.length, first, problems }

  async function checkKeys(): Promise<void> {
    for (const name of await disk.names(layout.keys)) {
      const path = `${layout.keys}/${name}`
      const entry = parseEntry((await disk.read(path)) ?? '')
      if (!entry) {
        if (await disk.exists(path)) report('torn', path, 'the key record is not an entry')
        continue
      }
      if (await disk.exists(layout.entry(entry.id))) continue
      if (!heal && !(await isOlder(path, stepMs))) continue
      lost.add(entry.id)
      if (heal && (await disk.link(path, layout.entry(entry.id)))) await refreshed(entry)
      report('key-without-entry', path, `${entry.id}.json is missing`, heal)
    }
  }

  function checkOthers({ others }: Folder): void {
    for (const { name, first } of others) if (!first) report('torn', `${layout.root}/${name}`, 'not a whole entry')
  }

  function checkDuplicates({ entries, names }: Folder): void {
    const owners = new Map<string, string>()
    for (const [index, { key }] of entries.entries()) {
      if (key === null) continue
      const name = names[index] as string
      const owner = owners.get(key)
      if (owner) report('duplicate-key', `${layout.root}/${name}`, `key "${key}" belongs to ${owner}`)
      else owners.set(key, name)
    }
  }

  async function checkEntry(entry: OutboxEntry, name: string): Promise<void> {
    const path = `${layout.root}/${name}`
    if (name !== `${entry.id}.json`) return report('altered', path, `it says it is ${entry.id}`)
    if (fingerprintOf(entry) !== entry.fingerprint) report('altered', path, 'the content does not fit its fingerprint')
    if (entry.key !== null && !(await disk.exists(layout.key(entry.key)))) await checkMissingKey(entry, path, entry.key)
    await checkView(entry, path)
    checkTimes(entry, path)
    if (entry.state === 'unknown') report('unknown', path, 'nobody knows whether it was sent')
    if (!isExpired(entry, clock.now())) return
    if (heal && !entry.resendable) {
      await giveUp(ground, entry)
      await refreshed(entry)
    }
    report(
      'stuck',
      path,
      entry.resendable ? 'may be claimed again' : 'its sender did not come back',
      heal && !entry.resendable,
    )
  }

  async function checkMissingKey(entry: OutboxEntry, path: string, key: string): Promise<void> {
    if (!(await disk.exists(path))) return
    if (heal) await disk.link(layout.entry(entry.id), layout.key(key))
    report('entry-without-key', path, `state/key/${sha256(key)} is missing`, heal)
  }

  async function checkView(entry: OutboxEntry, path: string): Promise<void> {
    const onDisk = parseEntry((await disk.read(layout.entry(entry.id))) ?? '')
    if (!onDisk) return
    if (entryText(await withLog(disk, layout, onDisk)) === entryText(onDisk)) return
    if (!heal && !(await isOlder(layout.entry(entry.id), stepMs))) return
    if (heal) await refreshed(entry)
    report('stale-view', path, `the file says ${onDisk.state}, the log says ${entry.state}`, heal)
  }

  function checkTimes({ id, ts, attempts }: OutboxEntry, path: string): void {
    const born = timeOfId(id)
    if (born !== undefined && Math.floor(born / 1000) !== ts)
      report('altered', path, `its name and its ts ${ts} differ`)
    const times = [
      born ?? 0,
      ...attempts.flatMap(({ at, settledAt }) => (settledAt === undefined ? [at] : [at, settledAt])),
    ]
    if (times.some((time, index) => index > 0 && time < (times[index - 1] as number)))
      report('clock-backwards', path, 'a later step has an earlier time')
  }

  async function checkLog(ids: ReadonlySet<string>): Promise<void> {
    for (const name of await disk.names(layout.log)) {
      const parsed = parseLogName(name)
      const path = `${layout.log}/${name}`
      if (parsed && (ids.has(parsed.id) || (await disk.exists(layout.entry(parsed.id))))) continue
      if (!(await disk.exists(path))) continue
      if (heal) await disk.remove(path)
      report('log-without-entry', path, 'its entry is gone', heal)
    }
  }

  async function checkTemp(): Promise<void> {
    for (const name of await disk.names(layout.temp)) {
      const path = `${layout.temp}/${name}`
      if (!(await isOlder(path, writeMs))) continue
      if (heal) await disk.remove(path)
      report('leftover', path, 'a writer died here', heal)
    }
  }

  /** False for a file that is gone meanwhile. */
  async function isOlder(path: string, ms: number): Promise<boolean> {
    const age = await disk.age(path)
    return age !== undefined && age > ms
  }

  function refreshed(entry: OutboxEntry): Promise<OutboxEntry> {
    return refresh(disk, layout, entry, layout.writing(`${entry.id}.${process.pid}.${ground.random()}.view`))
  }
}

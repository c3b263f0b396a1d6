import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Finding, type FindingCode, finding } from '../findings.ts'
import { type Candidate, candidateOf, follow, type Listed, listCandidates } from './candidates.ts'
import type { SelectedBackup, SelectOptions } from './define.ts'
import { readSidecar } from './sidecar.ts'

/** Waiting as an effect, so that tests do not. */
export interface SelectEffects {
  wait(ms: number): Promise<unknown>
}

const found = (code: FindingCode, message: string, object?: string, exit?: 0): Finding =>
  finding(code, 'select', message, { object, ...(exit !== undefined && { exit }) })

/**
 * Chooses the backup to drill: the one that is named, or the newest of a folder by the declared order. Reads nothing but names, times and
 * checksum files. `path` is empty when there is none; then a finding says why.
 */
export async function selectBackup(
  options: SelectOptions,
  effects: SelectEffects = { wait: sleep },
): Promise<SelectedBackup> {
  const findings: Finding[] = []
  const { chosen, others } = options.backup ? await named(options.backup, findings) : await newest(options, findings)
  if (!chosen) return { path: '', realPath: '', kind: 'file', bytes: 0, mtime: new Date(0), others: [], findings }
  if (chosen.bytes === 0) findings.push(found('EMPTY', 'the backup has 0 bytes', chosen.name))
  await checkStable(chosen, options.stableMs, effects, findings)
  const promised = await checkSidecar(chosen, options, findings)
  const { path, realPath, kind, bytes, mtime, nameTime } = chosen
  return {
    path,
    realPath,
    kind,
    bytes,
    mtime,
    ...(nameTime && { nameTime }),
    ...(promised && { promised }),
    others,
    findings,
  }
}

interface Choice {
  chosen: Candidate | undefined
  others: string[]
}

async function named(path: string, findings: Finding[]): Promise<Choice> {
  try {
    const { isLink, target } = await follow(path)
    const chosen = target === undefined ? undefined : await candidateOf(basename(path), path, target, isLink)
    if (target === undefined) findings.push(found('NO_BACKUP', `${path} is a link that leads nowhere`, path))
    else if (!chosen)
      findings.push(found('NO_BACKUP', `${path} is neither a file nor a folder that holds a backup`, path))
    return { chosen, others: [] }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    findings.push(
      found('NO_BACKUP', code === 'ENOENT' ? `${path} does not exist` : `${path} cannot be read (${code})`, path),
    )
    return { chosen: undefined, others: [] }
  }
}

async function newest(options: SelectOptions, findings: Finding[]): Promise<Choice> {
  const { dir = '.', order = 'name' } = options
  const listed = await list(dir, options, findings)
  if (!listed) return { chosen: undefined, others: [] }
  findings.push(
    ...listed.outside.map(({ name, target }) =>
      found('OUTSIDE_DIR', `the link ${name} leads out of ${dir}, to ${target}`, name),
    ),
  )
  findings.push(
    ...listed.dangling.map((name) =>
      found('NO_BACKUP', `the link ${name} leads nowhere`, name, listed.candidates.length > 0 ? 0 : undefined),
    ),
  )
  const files = withoutTwice(listed.candidates)
  const sorted = [...files].sort((a, b) => (order === 'name' ? byName(a, b) : byTime(a, b)))
  const chosen = sorted[0]
  if (!chosen) nothing(dir, listed, findings)
  else checkOrder(chosen, files, options.order, findings)
  return { chosen, others: sorted.slice(1).map(({ path }) => path) }
}

async function list(dir: string, { pattern }: SelectOptions, findings: Finding[]): Promise<Listed | undefined> {
  try {
    return await listCandidates(dir, pattern === undefined ? undefined : globOf(pattern))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    findings.push(
      found(
        'NO_BACKUP',
        code === 'ENOENT' ? `the folder ${dir} does not exist` : `the folder ${dir} cannot be read (${code})`,
        dir,
      ),
    )
    return undefined
  }
}

function nothing(dir: string, { unfinished, outside }: Listed, findings: Finding[]): void {
  if (outside.length > 0) return
  if (unfinished.length === 0) findings.push(found('NO_BACKUP', `there is no backup in ${dir}`, dir))
  else
    findings.push(
      found('IN_PROGRESS', `there is nothing but ${unfinished.join(', ')}, still being written`, unfinished.at(-1)),
    )
}

/** A link `latest` and the file it leads to are one backup; the file's own name tells more. */
function withoutTwice(candidates: readonly Candidate[]): Candidate[] {
  const own = new Set(candidates.filter(({ isLink }) => !isLink).map(({ realPath }) => realPath))
  return candidates.filter(({ isLink, realPath }) => !isLink || !own.has(realPath))
}

const byTime = (a: Candidate, b: Candidate): number => b.mtime.getTime() - a.mtime.getTime() || compareNames(b, a)
/** By the time in the name where both have one, else by the name itself with numbers as numbers. */
const byName = (a: Candidate, b: Candidate): number =>
  (a.nameTime && b.nameTime ? b.nameTime.getTime() - a.nameTime.getTime() : 0) ||
  Number(b.nameTime !== undefined) - Number(a.nameTime !== undefined) ||
  compareNames(b, a)
const compareNames = (a: Candidate, b: Candidate): number => a.name.localeCompare(b.name, 'en', { numeric: true })

/** Only times in names are compared with times of files: names without one say nothing of age. */
function checkOrder(
  chosen: Candidate,
  all: readonly Candidate[],
  declared: SelectOptions['order'],
  findings: Finding[],
): void {
  const isByTime = declared === 'mtime'
  const other = [...all].sort(isByTime ? byName : byTime)[0]
  if (!other || other === chosen || !chosen.nameTime || !other.nameTime) return
  if (chosen.nameTime.getTime() === other.nameTime.getTime() || chosen.mtime.getTime() === other.mtime.getTime()) return
  const [name, mtime] = isByTime ? [other, chosen] : [chosen, other]
  findings.push(
    found(
      'ORDER_CONFLICT',
      `${name.name} is the newest by name, ${mtime.name} by time of the file`,
      `${name.name}, ${mtime.name}`,
      declared && 0,
    ),
  )
}

/** Nobody writes a backup with longer pauses. */
const quietMs = 60_000

async function checkStable(chosen: Candidate, ms: number, effects: SelectEffects, findings: Finding[]): Promise<void> {
  if (ms <= 0 || Date.now() - chosen.mtime.getTime() > quietMs) return
  await effects.wait(ms)
  const again = await candidateOf(chosen.name, chosen.path, chosen.realPath, chosen.isLink).catch(() => undefined)
  if (again && again.bytes === chosen.bytes && again.mtime.getTime() === chosen.mtime.getTime()) return
  const what = again ? `grew from ${chosen.bytes} to ${again.bytes} bytes` : 'went away'
  findings.push(found('IN_PROGRESS', `${chosen.name} ${what} while it was looked at`, chosen.name))
}

async function checkSidecar(
  chosen: Candidate,
  { checksum }: SelectOptions,
  findings: Finding[],
): Promise<SelectedBackup['promised']> {
  const own = await readSidecar(chosen.path)
  const sidecar = own.kind === 'none' && chosen.isLink ? await readSidecar(chosen.realPath) : own
  if (sidecar.kind === 'promised') return sidecar.promised
  if (sidecar.kind === 'wrong')
    findings.push(
      found('CHECKSUM_MISMATCH', `${sidecar.sidecar} does not belong to ${chosen.name}: ${sidecar.why}`, chosen.name),
    )
  else if (checksum === 'required')
    findings.push(found('CHECKSUM_MISSING', `there is no checksum beside ${chosen.name}`, chosen.name))
  return undefined
}

const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )

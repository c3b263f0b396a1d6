import { type Finding, finding } from '../findings.ts'
import type { BackupClocks, DrillRecord } from '../record.ts'

const hour = 3_600_000
const day = 24 * hour
/** Zones reach from UTC-12 to UTC+14: a time without a zone is off by at most this. */
const zones = 14 * hour
/** Clocks of two machines differ by no more. */
const skew = 5 * 60_000

export interface RpoResult {
  /** Absent when no clock says anything. */
  rpo?: NonNullable<DrillRecord['rpo']>
  findings: Finding[]
}

/**
 * The age of the data by the worst of its clocks, against what is allowed. The file's clocks (name, mtime, header) tell when it was
 * written, the watermark how new its newest row is: a fresh file may hold stale rows.
 */
export function judgeRpo(clocks: BackupClocks, now: number, budgetMs?: number): RpoResult {
  const instants = instantsOf(clocks)
  const ages = Object.entries(instants).map(([clock, at]) => ({
    clock: clock as keyof BackupClocks,
    ms: Math.max(0, now - at),
  }))
  const [worst] = ages.sort((a, b) => b.ms - a.ms)
  if (!worst) return { findings: [] }
  const rpo = { ...worst, ...(budgetMs !== undefined && { budgetMs }) }
  if (budgetMs === undefined) return { rpo, findings: [] }
  const file = ages.find(({ clock }) => clock !== 'watermark')
  const content = ages.find(({ clock }) => clock === 'watermark')
  const findings: Finding[] = []
  if (file && file.ms > budgetMs) {
    const message = `the backup is ${showAge(file.ms)} old by its ${file.clock}, ${showAge(budgetMs)} are allowed`
    findings.push(finding('STALE', 'check', message, { object: file.clock }))
  }
  if (content && content.ms > budgetMs) {
    const message = `the newest row is ${showAge(content.ms)} old, ${showAge(budgetMs)} are allowed`
    findings.push(finding('RPO_EXCEEDED', 'check', message, { object: 'watermark' }))
  }
  for (const [clock, at] of Object.entries(instants).filter(([, at]) => at > now + skew)) {
    const message = `the ${clock} of the backup lies ${showAge(at - now)} in the future`
    findings.push(finding('CLOCK', 'check', message, { object: clock, exit: 0 }))
  }
  return { rpo, findings }
}

/** The clocks as points in time. Name and header have no zone and often only a date: they are wrong only where no zone makes them right. */
export function instantsOf(clocks: BackupClocks): Partial<Record<keyof BackupClocks, number>> {
  const mtime = read(clocks.mtime)
  const watermark = read(clocks.watermark)
  const loose = (text: string | undefined): number | undefined => {
    const at = read(text)
    if (at === undefined || text === undefined) return undefined
    const isDate = /^\d{4}-\d\d-\d\d(?:T00:00(?::00(?:\.0+)?)?Z?)?$/.test(text)
    return reconcile(at, mtime, hasZone(text) && !isDate ? 0 : zones, isDate ? day : 0)
  }
  return drop({ name: loose(clocks.name), mtime, header: loose(clocks.header), watermark })
}

/**
 * A clock that the file's own time agrees with, give or take the zone and the length of the day, is that time. One that disagrees is taken
 * at the latest moment that it can mean.
 */
function reconcile(at: number, mtime: number | undefined, slack: number, span: number): number {
  const earliest = at - slack
  const latest = at + span + slack
  if (mtime === undefined) return at + span
  if (mtime >= earliest && mtime <= latest) return slack === 0 ? at : mtime
  return mtime > latest ? Math.min(latest, mtime) : earliest
}

const hasZone = (text: string): boolean => /(?:Z|[+-]\d\d:?\d\d)$/i.test(text)

function read(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const isLocal = /\d\d:\d\d/.test(text) && !hasZone(text)
  const at = Date.parse(isLocal ? `${text.replace(' ', 'T')}Z` : text)
  return Number.isNaN(at) ? undefined : at
}

const drop = (clocks: Partial<Record<keyof BackupClocks, number | undefined>>) =>
  Object.fromEntries(Object.entries(clocks).filter(([, at]) => at !== undefined)) as Partial<
    Record<keyof BackupClocks, number>
  >

/** `9 days 4 h`, `3 h 20 min`, `40 s`. */
export function showAge(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.round(ms / 1000)} s`
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  const days = Math.floor(hours / 24)
  return hours % 24 === 0 ? `${days} days` : `${days} days ${hours % 24} h`
}

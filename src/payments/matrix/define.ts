/** A backend whose worth is known: one with a defect put in on purpose, or one that is right. */
export interface MatrixRow {
  id: string
  kind: 'mutant' | 'correct' | 'noise'
  summary: string
  /** The probes that name the defect; at least one of them must be red. Empty for backends that are right. */
  named: readonly string[]
  /** Of the backend's command line. */
  args: readonly string[]
  /** Which contract of the reference backend it is looked at with; that of its payments when absent. */
  contract?: 'metering' | undefined
  /** Changes the contract's text, for a backend with other routes. */
  edit?: ((text: string) => string) | undefined
  /** A backend of the fixtures in place of the reference: its folder and the command that starts it there. */
  fixture?: { folder: string; start: string }
}

export interface MatrixResult {
  id: string
  kind: MatrixRow['kind']
  summary: string
  named: readonly string[]
  /** Which probes looked at it. */
  looked: 'the probes that name it' | 'the smoke probes' | 'all probes'
  /** Probes that were red. */
  reds: string[]
  yellows: string[]
  /** Controls that were red: then nothing else was judged. */
  deadControls: string[]
  /** How many probes were judged, of whatever verdict but UNMEASURED. */
  judged: number
  tookMs: number
  /** What the first of the probes that name the defect said. */
  finding?: Finding
  /** Why it could not be run. */
  trouble?: string
}

/** What one defect came to, on one seed after the other. */
export interface SeedResult {
  id: string
  seed: number
  /** The probe that was red; absent where none of those that name the defect was. */
  red?: string
  yellow?: string
  /** Requests of the provider in the history that shows it, and milliseconds for making it that small. */
  deliveries?: number
  shrinkMs?: number
  trouble?: string
  tookMs: number
}

/** What a right backend came to under random histories. */
export interface HistoriesResult {
  id: string
  kind: MatrixRow['kind']
  seed: number
  /** Histories are numbered: these from here on, so many. */
  from: number
  histories: number
  deliveries: number
  /** Those in which something was broken, and those in which the process was killed. */
  faulty: number
  killed: number
  alarms: { number: number; verdict: string; reason: string; got?: string }[]
  /** Those that could not be judged. */
  undecided: number
  trouble?: string
  tookMs: number
}

export interface Finding {
  id: string
  reason: string
  want?: string
  got?: string
  harm?: string
  /** Lines for people. */
  timeline: string[]
}

/**
 * What a row came to. `caught`: the probe that names the defect is red. `advised`: it is yellow, as it is for what no rule forbids.
 * `misnamed`: something else is red. `silent`: nothing is. For backends that are right: `quiet` or `alarm`.
 */
export type Standing = 'caught' | 'advised' | 'misnamed' | 'silent' | 'quiet' | 'alarm' | 'failed'

export function standingOf({ kind, named, reds, yellows, deadControls, trouble }: MatrixResult): Standing {
  if (trouble !== undefined) return 'failed'
  const all = [...reds, ...deadControls]
  if (kind !== 'mutant') return all.length === 0 ? 'quiet' : 'alarm'
  if (named.some((id) => all.includes(id))) return 'caught'
  if (named.some((id) => yellows.includes(id))) return 'advised'
  return all.length === 0 ? 'silent' : 'misnamed'
}

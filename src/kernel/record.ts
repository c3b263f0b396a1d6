import type { Place } from './errors.ts'
import type { ExitCode } from './exit.ts'

/** Every outcome a check can have; see docs/exit-codes.md for what each counts as. */
export const statuses = [
  'PASS',
  'FAIL',
  'ERROR',
  'NO_DATA',
  'STALE',
  'WAIVED',
  'SKIP',
  'BLOCKED',
  'NOT_RUN',
  'NOT_SELECTED',
] as const
export type Status = (typeof statuses)[number]

/** The verdict of a gate or a run; RUNNING is what a crash leaves behind and is never a result. */
export type Verdict = 'PASS' | 'FAIL' | 'ERROR' | 'STALE' | 'INCOMPLETE'

/** One expectation that was compared: what was wanted and what was there, both as short redacted text. */
export interface Finding {
  /** What was looked at: `status`, `$.livemode`, `header content-type`, `rows`. */
  subject: string
  expected: string
  actual: string
  place?: Place
}

/** A file that shows what a check saw; `path` is relative to the gate's output folder. */
export interface Evidence {
  path: string
  sha256: string
  bytes: number
}

export interface Attempt {
  attempt: number
  status: Status
  reason?: string
  durationMs: number
}

export interface WaiverNote {
  reason: string
  ticket: string
  approvedBy: string[]
  /** ISO date; the waiver holds through the end of this day, UTC. */
  expires: string
  daysLeft: number
}

export interface CheckRecord {
  id: string
  gate: string
  type: string
  title?: string
  place?: Place
  status: Status
  /** The status that a waiver covers. */
  was?: Status
  waiver?: WaiverNote
  /** Set when it failed and does not count for now; `advisory` is true then. */
  quarantine?: { owner: string; ticket: string; until: string; daysLeft: number }
  /** One line: why it is not PASS, or what a skip is due to. */
  reason?: string
  /** The seed's `details`: small, redacted, JSON. */
  details: Record<string, unknown>
  /** Failed expectations only. */
  findings: Finding[]
  durationMs: number
  attempts: Attempt[]
  flaky: boolean
  advisory: boolean
  /** `skip: allowed` in the gate file: a SKIP of this check does not make the gate incomplete. */
  skipAllowed: boolean
  evidence: Evidence[]
  /** A command a person can paste to see this check again; secrets appear as $NAMES. */
  reproduce: string[]
  owner?: string
  needs: string[]
  /** Of the check as it was planned, templates filled in as far as they were known. */
  digest?: string
  /** The run that found this; it was not run again. */
  reusedFrom?: { runId: string; finishedAt: string }
}

export interface Summary {
  planned: number
  executed: number
  pass: number
  fail: number
  error: number
  noData: number
  stale: number
  waived: number
  skip: number
  blocked: number
  notRun: number
  notSelected: number
  flaky: number
  advisory: number
}

export interface GateRecord {
  id: string
  /** `stage6_v0_6_0`: the key in tests.json. */
  key: string
  /** `v0.6.0` */
  version: string
  title: string
  description?: string
  /** A page about this gate: relative to the project, or an https URL. */
  docs?: string
  place?: Place
  needs: string[]
  minChecks: number
  status: Verdict
  exitCode: ExitCode
  /** One sentence: why the verdict is what it is. */
  reason: string
  summary: Summary
  checks: CheckRecord[]
  startedAt: string
  durationMs: number
  /** Folder of tests.json and the rest, relative to the project. */
  outDir: string
}

/** A provider flag as it was when the run began, and where its value came from. */
export interface FlagRecord {
  name: string
  value: string
  /** `default`, `environment`, `gatekit.yaml:12`, `--base-url` … */
  origin: string
}

/** Everything a reporter needs; already redacted. `tests.json` is a projection of this. */
export interface RunRecord {
  schema: 'run/1'
  runId: string
  tool: string
  /** Name of the profile, or the gate ids that were asked for. */
  profile: string
  command: string
  status: Verdict
  exitCode: ExitCode
  reason: string
  startedAt: string
  finishedAt: string
  durationMs: number
  /** ISO time after which this run proves nothing any more. */
  validUntil: string
  environment: { name: string; mode: 'test' | 'live'; embedded: boolean }
  target: { url?: string; build?: string }
  commit?: string
  branch?: string
  dirty?: boolean
  configSha256: string
  planSha256: string
  flags: FlagRecord[]
  host: { ci?: string; runUrl?: string; node: string; platform: string }
  gates: GateRecord[]
  summary: Summary
  /** Gates that are configured but were not part of this run, with the reason. */
  notRun: { id: string; title: string; reason: string }[]
  notes: string[]
  /** One part of a plan: its verdict is never PASS, and `exitCode` says how its own checks ended. */
  shard?: { index: number; count: number; exitCode: ExitCode }
  /** Set when this record was put together from shards. */
  shards?: { index: number; count: number; runId: string }[]
}

/** `stage6`, `v0.6.0` -> `stage6_v0_6_0`. */
export const gateKey = (id: string, version: string): string =>
  `${id.replace(/[^A-Za-z0-9]+/g, '_')}_${version.replaceAll('.', '_')}`

/** One past run, as the history page shows it; newest first wherever a list of these is kept. */
export interface HistoryEntry {
  runId: string
  finishedAt: string
  status: Verdict
  exitCode: ExitCode
  profile: string
  /** Name of the environment. */
  environment: string
  commit?: string
  durationMs: number
  gates: { id: string; status: Verdict; planned: number; executed: number }[]
}

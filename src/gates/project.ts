import type { CheckDefinition } from '../checks/define.ts'
import type { Defaults, retryCauses } from '../config/defaults.ts'
import { parseDuration } from '../config/duration.ts'
import type { Environment } from '../config/environment.ts'
import type { Quarantine } from '../config/quarantine.ts'
import type { Signer } from '../config/signer.ts'
import type { Waiver } from '../config/waiver.ts'
import type { Place } from '../kernel/errors.ts'
import type { Path, YamlSource } from '../kernel/place.ts'
import type { When } from './when.ts'

/** Check types by name, as the generated list has them. */
export type CheckRegistry = Record<string, { summary: string; load(): Promise<CheckDefinition> }>

export interface RetryPolicy {
  max: number
  backoffMs: number
  on: readonly (typeof retryCauses)[number][]
}

/** A check as its file says it; `options` still hold their templates. */
export interface Check {
  id: string
  gate: string
  type: string
  title?: string | undefined
  /** Always `gate/check`; includes the checks whose exports the templates name. */
  needs: string[]
  when?: When | undefined
  skipAllowed: boolean
  timeoutMs: number
  retry: RetryPolicy
  advisory: boolean
  owner?: string | undefined
  options: Record<string, unknown>
  source: YamlSource
  /** Where the check stands in its source. */
  path: Path
  place: Place
}

export interface Gate {
  id: string
  key: string
  version: string
  title: string
  description?: string | undefined
  docs?: string | undefined
  owner?: string | undefined
  /** Ids of gates. */
  needs: string[]
  minChecks: number
  timeoutMs: number
  when?: When | undefined
  inputs: string[]
  checks: Check[]
  place: Place
  /** Folder of the outputs, relative to the project, with forward slashes. */
  outDir: string
}

export interface Profile {
  /** `gate` or `gate/check`. */
  gates: string[]
  partial: boolean
  /** Patterns of files whose changes concern no gate; for `--changed-since` with `partial`. */
  ignore: string[]
}

/** A gatekit.yaml and its gate files, read and found to be in order. */
export interface Project {
  name: string
  rootDir: string
  configFile: string
  /** With `embedded`, which is always there. */
  environments: Record<string, Environment>
  defaults: Defaults
  profiles: Record<string, Profile>
  /** In the order of running: as written, but after what they need. */
  gates: Gate[]
  /** Whose signatures count, by name. */
  signers: Record<string, Signer>
  waivers: (Waiver & { place: Place })[]
  quarantine: (Quarantine & { place: Place })[]
  /** The definitions of the check types in use. */
  definitions: Map<string, CheckDefinition>
  /** Digest of all files that were read. */
  configSha256: string
  /** Folder that holds the outputs of all gates, relative to the project: `qa`. */
  outRoot: string
}

/** `stage6/stripe_sandbox` */
export const checkName = (check: { gate: string; id: string }): string => `${check.gate}/${check.id}`

/** Gates that must have run before this one: those it needs, and those whose checks its checks need. */
export const gatesBefore = (gate: Gate): string[] => {
  const ofChecks = gate.checks.flatMap((check) => check.needs.map((need) => need.split('/')[0]!))
  return [...new Set([...gate.needs, ...ofChecks])].filter((id) => id !== gate.id)
}

/** Milliseconds for which a result proves anything. */
export const validForMs = ({ defaults }: Project): number => parseDuration(defaults.validFor)!

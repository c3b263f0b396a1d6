import type { Defaults } from '../config/defaults.ts'
import { parseDuration } from '../config/duration.ts'
import type { Problem } from '../kernel/errors.ts'
import { gateKey } from '../kernel/record.ts'
import { schemaProblems } from '../kernel/schema-problems.ts'
import type { RawCheck, RawGate } from './gate-files.ts'
import type { Check, Gate, RetryPolicy } from './project.ts'
import { type CheckFile, checkSchema, commonCheckKeys } from './schema.ts'
import { templatesIn } from './template.ts'

const defaultVersion = 'v1.0.0'

/** A gate as the engine runs it, with every default in place. */
export function buildGate(raw: RawGate, defaults: Defaults, problems: Problem[]): Gate {
  const { file, id } = raw
  const version = file.version === undefined ? defaultVersion : `v${file.version.replace(/^v/, '')}`
  return {
    id,
    version,
    key: file.key ?? gateKey(id, version),
    title: file.title ?? id,
    description: file.description,
    docs: file.docs,
    owner: file.owner,
    needs: file.needs,
    minChecks: file.minChecks ?? defaults.minChecks,
    timeoutMs: milliseconds(file.timeout ?? defaults.gateTimeout),
    when: file.when,
    inputs: file.inputs,
    checks: raw.checks.flatMap((check) => buildCheck(check, id, defaults, problems) ?? []),
    place: raw.source.place([...raw.path, 'id']),
    outDir: defaults.evidenceDir.replaceAll('{gate}', id).replaceAll('{version}', version).replace(/\/+$/, ''),
  }
}

function buildCheck(
  { value, source, path }: RawCheck,
  gate: string,
  defaults: Defaults,
  problems: Problem[],
): Check | undefined {
  const parsed = checkSchema.safeParse(value, { reportInput: true })
  if (!parsed.success) {
    problems.push(...schemaProblems(parsed.error.issues, checkSchema, source, { base: path }))
    return undefined
  }
  const file = parsed.data
  const options = Object.fromEntries(Object.entries(value as object).filter(([key]) => !commonCheckKeys.includes(key)))
  return {
    id: file.id,
    gate,
    type: file.type,
    title: file.title,
    needs: needsOf(file, gate, options),
    when: file.when,
    skipAllowed: file.skip === 'allowed',
    timeoutMs: milliseconds(file.timeout ?? defaults.timeout),
    retry: retryOf(file, defaults),
    advisory: file.advisory,
    owner: file.owner,
    options,
    source,
    path,
    place: source.place([...path, 'id']),
  }
}

function retryOf({ retry = {} }: CheckFile, defaults: Defaults): RetryPolicy {
  return {
    max: retry.max ?? defaults.retry.max,
    backoffMs: milliseconds(retry.backoff ?? defaults.retry.backoff),
    on: retry.on ?? defaults.retry.on,
  }
}

/** Reading a check's export is needing it, said or not. Roots that are not checks fall out when the links are examined. */
function needsOf(file: CheckFile, gate: string, options: Record<string, unknown>): string[] {
  const named = file.needs.map((need) => qualified(need, gate))
  const read = templatesIn(options).map(({ root }) => qualified(root, gate))
  return [...new Set([...named, ...read])]
}

/** `other` in gate `stage6` is `stage6/other`. */
export const qualified = (name: string, gate: string): string => (name.includes('/') ? name : `${gate}/${name}`)

/** The schema has made sure that it is a duration. */
const milliseconds = (duration: string): number => parseDuration(duration)!

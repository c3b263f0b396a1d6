import {
  isQuarantined,
  longestQuarantineDays,
  type Quarantine,
  quarantineCap,
  quarantineDaysLeft,
  quarantineSchema,
} from '../config/quarantine.ts'
import type { Place, Problem } from '../kernel/errors.ts'
import type { YamlSource } from '../kernel/place.ts'
import type { CheckRecord } from '../kernel/record.ts'
import { schemaProblems } from '../kernel/schema-problems.ts'
import { didYouMean } from '../kernel/suggest.ts'

export type PlacedQuarantine = Quarantine & { place: Place }

/** Entries in good form that name a check, no more than the cap; every other one is a problem: what is not understood must not be passed over. */
export function readQuarantine(
  values: readonly unknown[],
  source: YamlSource,
  checks: readonly string[],
  problems: Problem[],
): PlacedQuarantine[] {
  const entries = values.flatMap((value, index) => {
    const path = ['quarantine', index]
    const parsed = quarantineSchema.safeParse(value, { reportInput: true })
    if (parsed.success) return [{ ...parsed.data, place: source.place([...path, 'check']) }]
    problems.push(...schemaProblems(parsed.error.issues, quarantineSchema, source, { base: path }))
    return []
  })
  const seen = new Set<string>()
  for (const { check, place } of entries) {
    if (seen.has(check)) problems.push({ title: `two quarantines for ${check}`, place, remedy: 'keep one' })
    seen.add(check)
    if (checks.includes(check)) continue
    const note = didYouMean(check, checks)
    const remedy = 'name a check as gate/check, or remove the entry'
    problems.push({ title: `quarantine of an unknown check "${check}"`, place, ...(note && { note }), remedy })
  }
  const most = Math.max(1, Math.floor(checks.length * quarantineCap))
  const over = entries[most]
  if (over)
    problems.push({
      title: `${entries.length} of ${checks.length} checks are in quarantine; at most ${most} may be`,
      place: over.place,
      remedy: 'repair some of them first, or remove checks that nobody needs',
    })
  return entries
}

/** Lays a quarantine over the result of its check: what failed by chance is shown and not counted, until the quarantine is over. */
export function quarantined(record: CheckRecord, entry: Quarantine | undefined, now: number): CheckRecord {
  const isChance = record.status === 'FAIL' || record.status === 'ERROR' || (record.status === 'PASS' && record.flaky)
  if (!entry || !isChance) return record
  const { owner, ticket, until } = entry
  const found = record.reason ? `${record.reason} ` : ''
  if (!isQuarantined(entry, now)) {
    const why = quarantineDaysLeft(entry, now) < 0 ? `was over on ${until}` : `begins on ${entry.created}`
    return { ...record, reason: `${found}(quarantine ${ticket} ${why})` }
  }
  const daysLeft = quarantineDaysLeft(entry, now)
  return {
    ...record,
    advisory: true,
    quarantine: { owner, ticket, until, daysLeft },
    reason: `${found}(in quarantine until ${until}: ${ticket}, ${owner})`,
  }
}

/** What is in quarantine is always worth a line, and more when it ends. */
export function quarantineWarnings(entry: PlacedQuarantine, now: number): Problem[] {
  const { check, ticket, until, owner, place } = entry
  const left = quarantineDaysLeft(entry, now)
  const remedy = `repair the check; a quarantine lasts at most ${longestQuarantineDays} days`
  const title =
    left < 0
      ? `quarantine ${ticket} of ${check} was over on ${until}: it counts again`
      : `${check} is in quarantine for ${left} more days (${ticket}, ${owner})`
  return [{ title, place, remedy }]
}

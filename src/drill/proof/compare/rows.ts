import { type Finding, type FindingCode, finding } from '../../findings.ts'
import { type Inventory, nameOf } from '../inventory.ts'
import type { Baseline } from '../request.ts'

export interface RestoredTable {
  name: string
  rows: number
  /** In UTF-8 with the settings of `stream.ts`. */
  sha256?: string
}

/** Below this many rows a difference of a table in use says nothing. */
const slack = 10

/**
 * Rows against a baseline. A manifest was made of the very same data: every table has exactly as many rows, and the same ones. The live
 * source and earlier drills are from another time: only what shrank by more than `tolerance`, or lost everything, is a finding.
 */
export function compareRowCounts(
  restored: readonly RestoredTable[],
  baseline: Baseline,
  { tolerance, known }: { tolerance: number; known: readonly string[] },
): Finding[] {
  const found = new Map(restored.map((each) => [each.name, each]))
  const findings: Finding[] = []
  for (const table of baseline.tables) {
    const name = nameOf(table)
    const same = found.get(name)
    if (!same) continue
    const difference =
      baseline.kind === 'manifest'
        ? fromManifest(table, same)
        : fromOtherTime(table.rows, same.rows, tolerance, baseline)
    if (!difference) continue
    const exit = baseline.binding && !known.includes(name) && !known.includes(table.name) ? 1 : 0
    const message = `${name}: ${difference.reason} (compared with ${baseline.label})`
    findings.push(finding(difference.code, 'check', message, { object: name, exit }))
  }
  return findings
}

interface Difference {
  code: FindingCode
  reason: string
}

function fromManifest(wanted: { rows: number; sha256?: string }, found: RestoredTable): Difference | undefined {
  if (wanted.rows !== found.rows)
    return { code: 'ROWS_DELTA', reason: `${found.rows} rows, ${wanted.rows} when it was saved` }
  if (wanted.sha256 === undefined || found.sha256 === undefined || wanted.sha256 === found.sha256) return undefined
  return { code: 'CONTENT_MISMATCH', reason: `other rows than when it was saved, as many as then` }
}

function fromOtherTime(was: number, is: number, tolerance: number, { kind }: Baseline): Difference | undefined {
  const lost = was - is
  const lostAll = is === 0 && was > (kind === 'source' ? slack : 0)
  if (!lostAll && lost <= Math.max(slack, was * tolerance)) return undefined
  const share = Math.round((lost / was) * 100)
  return { code: 'ROWS_DELTA', reason: `${is} rows, ${was} there: ${share} % fewer` }
}

/** Sequences that stand lower than they once did; a source in use has gone on since, which is right. */
export function compareSequenceStates(restored: Inventory, baseline: Baseline): Finding[] {
  if (baseline.kind === 'source') return []
  const found = new Map(restored.sequences.map((each) => [nameOf(each), each]))
  return baseline.inventory.sequences.flatMap((was) => {
    const is = found.get(nameOf(was))
    if (!is || was.cycle || is.increment !== was.increment) return []
    const step = BigInt(was.increment)
    const distance = (BigInt(was.lastValue) - BigInt(is.lastValue)) / step
    if (distance < 0n || (distance === 0n && (is.isCalled || !was.isCalled))) return []
    const by = distance === 0n ? 1n : distance
    const message = `${nameOf(was)} is behind by ${by} (compared with ${baseline.label})`
    return [finding('SEQUENCE_BEHIND', 'check', message, { object: nameOf(was), exit: baseline.binding ? 1 : 0 })]
  })
}

export function compareLargeObjectCounts(restored: Inventory, baseline: Baseline, tolerance: number): Finding[] {
  const [was, is] = [baseline.inventory.largeObjects.count, restored.largeObjects.count]
  const least = baseline.kind === 'manifest' ? was : is === 0 ? Math.min(was, 1) : was * (1 - tolerance) - slack
  if (is >= least) return []
  const message = `${is} large objects, ${was} there (compared with ${baseline.label})`
  return [finding('LO_MISSING', 'check', message, { object: 'large objects', exit: baseline.binding ? 1 : 0 })]
}

import { basename } from 'node:path'
import type { TimelineEntry } from '../history/timeline.ts'
import type { PaymentsReport, ProbeReport } from './define.ts'

/** Verdict of the whole run in one word. */
export const verdictOf = ({ exitCode }: PaymentsReport): 'RED' | 'GREEN' | 'UNMEASURED' => {
  if (exitCode === 1) return 'RED'
  return exitCode === 0 ? 'GREEN' : 'UNMEASURED'
}

/** The report as JSON. Without times, ids and ports: under the same seed it is the same text, but for what is a race. */
export function renderJson(report: PaymentsReport): string {
  const { seed, mode, strict, dead, summary, exploration, exitCode, probes } = report
  const isControl = ({ id }: ProbeReport) => id.startsWith('control.')
  const section = (list: ProbeReport[]) => Object.fromEntries(list.map((each) => [each.id, probeJson(each)]))
  const value = {
    schema: 'payments/1',
    contract: basename(report.contract),
    seed,
    mode,
    strict,
    verdict: verdictOf(report),
    exitCode,
    ...(dead && { dead }),
    summary,
    controls: section(probes.filter(isControl)),
    probes: section(probes.filter((each) => !isControl(each))),
    exploration,
  }
  return `${JSON.stringify(value, null, 2)}\n`
}

function probeJson(probe: ProbeReport) {
  const { verdict, title, reason, want, got, harm, rule, source, guard, reproduced, details, history, timeline } = probe
  const isShown = verdict === 'RED' || verdict === 'YELLOW'
  return {
    verdict,
    title,
    reason,
    ...(want !== undefined && { want }),
    ...(got !== undefined && { got }),
    ...(harm !== undefined && { harm }),
    rule,
    source,
    guard,
    ...(reproduced && { reproduced }),
    ...(details && { details }),
    ...(isShown && history && { history }),
    ...(isShown && timeline && { timeline: timeline.map(withoutTimes) }),
  }
}

const withoutTimes = ({ kind, lane, text, status }: TimelineEntry) => ({
  kind,
  lane,
  text,
  ...(status !== undefined && { status }),
})

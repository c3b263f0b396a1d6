import { escapeMarkup } from '../../report/plain-text.ts'
import type { PaymentsReport, ProbeReport } from './define.ts'
import { verdictOf } from './json.ts'
import { renderTimeline } from './text.ts'

/** JUnit XML: a test case per probe, and the verdict as one of its own, because most readers show skipped tests as green. */
export function renderJunit(report: PaymentsReport): string {
  const { probes, exitCode, dead, tookMs } = report
  const cases = probes.map(caseOf)
  const verdict = verdictOf(report)
  const failed = probes.filter(({ verdict }) => verdict === 'RED').length
  const skipped = probes.filter(({ verdict }) => verdict === 'UNMEASURED' || verdict === 'N/A').length
  const closing =
    exitCode === 0
      ? '    <testcase classname="payments" name="[gate verdict]"/>'
      : `    <testcase classname="payments" name="[gate verdict]">\n      <failure message="${escapeMarkup(`${verdict}${dead ? `: ${dead}` : ''}`)}"/>\n    </testcase>`
  const failures = failed + (exitCode === 0 ? 0 : 1)
  const counts = `tests="${cases.length + 1}" failures="${failures}" errors="0" skipped="${skipped}" time="${(tookMs / 1000).toFixed(3)}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="gatekit payments" ${counts}>`,
    `  <testsuite name="payments" ${counts}>`,
    ...cases,
    closing,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function caseOf(probe: ProbeReport): string {
  const { id, title, verdict, reason, tookMs } = probe
  const open = `    <testcase classname="payments.${escapeMarkup(id)}" name="${escapeMarkup(`${id} ${title}`)}" time="${(tookMs / 1000).toFixed(3)}"`
  if (verdict === 'RED') {
    const text = [probe.rule, ...renderTimeline(probe.timeline ?? []), `want ${probe.want}`, `got ${probe.got}`].join(
      '\n',
    )
    return `${open}>\n      <failure message="${escapeMarkup(reason)}">${escapeMarkup(text)}</failure>\n    </testcase>`
  }
  if (verdict === 'UNMEASURED' || verdict === 'N/A')
    return `${open}>\n      <skipped message="${escapeMarkup(`${verdict}: ${reason}`)}"/>\n    </testcase>`
  return verdict === 'YELLOW'
    ? `${open}>\n      <system-out>${escapeMarkup(`advice: ${reason}`)}</system-out>\n    </testcase>`
    : `${open}/>`
}
